"""The boundary: no room in any table for scoring or watching people, no personal value in clear, none in a log."""

import logging
import re
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.db import connection, models

from gongzhi.common.logs import WithoutPersonalValues, without_personal_values
from tests.architecture.source import tell
from tests.architecture.street import ANSWER, HELPED, WORDS, Street
from tests.architecture.test_glossary import our_models
from tests.cast import ROLES, phone_of

Field = models.Field  # type: ignore[type-arg]  # generic only for the type checker

# Words that describe or watch a person. There is no allow-list: a table that needs one is not ours to build.
WATCHING = set(
    re.findall(
        r"\w+",
        """
    score scoring risk credit profile profiling loyalty disposition
    blacklist blocklist watch watchlist suspect suspicion petitioner
    ethnic ethnicity nationality religion religious belief political health disability
    biometric biometrics face facial fingerprints iris voiceprint track tracking trajectory
        """,
    )
)
WATCHING_CHINESE = re.compile(
    "风险等级|风险标签|评分|打分|黑名单|重点人员|重点人群|民族|宗教|信仰|政治面貌|人脸|指纹|虹膜|声纹|轨迹|画像|信用分"
)
# Beside a person, also a mere mark is a score in the making.
MARKING = {"tag", "tags", "label", "labels", "flag", "flags", "grade", "rank", "points", "stars"}

PERSONAL = set(
    re.findall(
        r"\w+",
        """
    phone mobile telephone tel email mail wechat contact address
    birthday birthdate birth gender sex surname nickname passport identity plate
        """,
    )
)
PERSONAL_PHRASES = (
    "real_name",
    "full_name",
    "first_name",
    "last_name",
    "given_name",
    "family_name",
    "id_number",
    "id_card",
)
# Models whose `name` or `title` is the name of a thing or a body, never of a person.
NAMED_THINGS = {
    "Place": "a place",
    "PlaceVersion": "a place, formerly",
    "Organization": "a body",
    "OrganizationVersion": "a body, formerly",
    "Post": "the post, not its holder",
    "Vote": "the question that is put, which names nobody",
    "Pack": "a pack, by its own name",
    "Instrument": "a text, by its own title",
    "Form": "a form, by its own title",
    "Series": "what its gatherings are called",
    "Gathering": "what is held",
    "AgendaItem": "what is talked about",
    "Topic": "what should be talked about; the form says to name nobody, and it goes with its proposer",
    "Offer": "what is given; the form says to name nobody, and its words are searched for numbers and doors",
    "Need": "what is wished for; the form says to name nobody, and a second person reads it before anybody else",
    "Problem": "a problem of a place; the form says to name nobody",
    "Project": "what is done about it; the form says to name nobody",
    "FundingLine": "a source of money, for everybody to read; the form says to name nobody",
    "Milestone": "a step of the work",
    "ProcessingActivity": "what is done, not to whom",
    "Fund": "a set of accounts",
    "Agreement": "what bodies agreed on",
    "Asset": "a place or room that is lent",
    "Account": "a line of the books, never whose bank account",
}
BOARDS = re.compile("Attention|Exposure|Board|Watch|Notice|Publication")


def words_of(field: Field) -> set[str]:
    return set(re.split(r"[^a-z]+", field.name.lower()))


def fields(of: Iterable[type[models.Model]]) -> list[tuple[type[models.Model], Field]]:
    return [(model, field) for model in of for field in model._meta.local_fields]


def is_clear_text(field: Field) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def points_at_person(model: type[models.Model]) -> bool:
    person = settings.AUTH_USER_MODEL.rpartition(".")[2]
    related = (field.related_model for field in model._meta.local_fields if field.is_relation)
    return model.__name__ == person or any(getattr(one, "__name__", "") == person for one in related)


def watching(model: type[models.Model], field: Field) -> bool:
    shown = " ".join([str(field.verbose_name), *(str(label) for _, label in field.choices or [])])
    marks = points_at_person(model) and bool(words_of(field) & MARKING)
    return marks or bool(words_of(field) & WATCHING) or bool(WATCHING_CHINESE.search(shown))


def in_clear(model: type[models.Model], field: Field) -> bool:
    if not is_clear_text(field) or field.name.endswith(("_index", "_digest")):
        return False
    if field.name in ("name", "title"):
        return model.__name__ not in NAMED_THINGS
    # `field` of the vault says which value a row holds, by its name; the value itself is sealed.
    return bool(words_of(field) & PERSONAL) or any(phrase in field.name for phrase in PERSONAL_PHRASES)


def test_no_table_has_room_to_score_or_watch_people() -> None:
    tell(
        [f"{model._meta.label}.{field.name}" for model, field in fields(our_models()) if watching(model, field)],
        "People are not scored, tagged or watched here. Count places, matters or services instead.",
    )


def test_no_column_holds_a_personal_value_in_clear() -> None:
    tell(
        [f"{model._meta.label}.{field.name}" for model, field in fields(our_models()) if in_clear(model, field)],
        "Put it into the vault (people.vault), or seal it under the case's key in a BinaryField.",
    )


def test_nobody_can_stand_on_a_board() -> None:
    """Attention and exposure are about places, facilities, bodies and matters: `person` is no value there."""
    offers = [
        f"{model._meta.label}.{field.name}"
        for model, field in fields(our_models())
        if BOARDS.search(model.__name__) and field.name in ("subject_type", "subject_kind")
        if not field.choices or "person" in dict(field.choices)
    ]
    tell(offers, "Give the column choices, without a person among them.")


@pytest.mark.parametrize(
    ("name", "field", "clear", "watched"),
    [
        ("phone", models.CharField(max_length=20), True, False),
        ("contact", models.BinaryField(), False, False),
        ("first_contact_at", models.DateTimeField(), False, False),
        ("name", models.CharField(max_length=20), True, False),
        ("risk_level", models.IntegerField(), False, True),
        ("level", models.CharField(max_length=9, verbose_name="风险等级"), False, True),
        ("kind", models.CharField(max_length=9, choices=[("a", "重点人员")]), False, True),
        ("facets", models.JSONField(), False, False),
    ],
)
def test_a_column_is_judged_by_its_name_and_kind(name: str, field: Field, clear: bool, watched: bool) -> None:
    field.set_attributes_from_name(name)
    sample = type("Sample", (), {"__name__": "Sample", "_meta": type("Meta", (), {"local_fields": [field]})})
    assert in_clear(sample, field) is clear
    assert watching(sample, field) is watched


def test_every_log_handler_removes_personal_values() -> None:
    handlers = settings.LOGGING["handlers"]
    tell([name for name, one in handlers.items() if "personal" not in one.get("filters", [])], "Add the filter.")


def test_a_log_line_loses_numbers_addresses_and_quoted_rows() -> None:
    quoted = "duplicate\nDETAIL:  Key (phone)=(13800138000) already exists.\nof 440307199001011234"
    try:
        raise ValueError(quoted)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s %s", ("13800138000", "li@example.cn"), info)
    assert WithoutPersonalValues().filter(record)
    written = logging.Formatter().format(record)
    for value in ("13800138000", "li@", "440307199001011234", "Key (phone)"):
        assert value not in written
    assert "138****8000" in written


def clear_texts() -> dict[str, list[str]]:
    """Every table of ours as text, row by row; sealed bytes show as hexadecimal."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.mark.django_db
def test_no_table_holds_what_people_said_or_are_called(street: Street) -> None:
    """After a demand with a photo, made for somebody else and begun: names, numbers, words are sealed."""
    values = [WORDS, WORDS[:8], ANSWER, HELPED.name, HELPED.phone, *(f"演示{role}" for role in ROLES)]
    values += [phone_of(role) for role in ROLES]
    tell(
        [
            f"{table}: {value}"
            for table, lines in clear_texts().items()
            for value in values
            if any(value in line for line in lines)
        ],
        "Seal it, or keep a reference instead.",
    )


@pytest.mark.django_db
def test_the_trail_and_the_outbox_hold_codes_and_references_only(street: Street) -> None:
    """No sentence, and nothing that looks like a number or address of a person."""
    sentence = re.compile(r"[\u4e00-\u9fff]{6,}|[，。；！？]")
    seal = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # eleven digits of one are no phone
    wrong = []
    for table, rows in clear_texts().items():
        lines = [seal.sub("", row) for row in rows]
        if table.startswith(("audit_", "notifications_outbox")):
            wrong += [f"{table}: {line[:90]}" for line in lines if sentence.search(line)]
            wrong += [f"{table}: {line[:90]}" for line in lines if without_personal_values(line) != line]
    tell(wrong, "Write the code or the reference; words are rendered when they are shown.")

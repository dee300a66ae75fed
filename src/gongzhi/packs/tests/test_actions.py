"""Loading, choosing, adding a year: who may, what it changes, what it refuses."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from gongzhi.common.access import ANONYMOUS, Actor, Scope, system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.packs import actions, events, queries, shipped
from gongzhi.packs.contents import CalendarYear, Rest
from gongzhi.packs.models import ActiveModel, Pack
from gongzhi.packs.reading import WrongPack
from gongzhi.packs.tests.test_reading import CALENDAR, LAW

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
HOUSE = system_actor("test")
MODEL = shipped.model_folder("pingchang") / "model.toml"
CN = shipped.FOLDER / "calendars/cn.toml"


@pytest.fixture(autouse=True)
def _forget() -> None:
    queries.forget()
    yield
    queries.forget()


@pytest.fixture
def told() -> list[events.PackChange]:
    heard: list[events.PackChange] = []
    events.on_change("test", heard.append)
    yield heard
    events._listeners.pop("test")


@pytest.fixture
def running() -> None:
    actions.load_pack(by=HOUSE, at=AT, path=CN)
    actions.load_pack(by=HOUSE, at=AT, path=MODEL)
    actions.set_active_model(by=HOUSE, at=AT, name="pingchang")


def person(*permissions: str) -> Actor:
    return Actor("person", scopes=(Scope(1, "x", frozenset(permissions), "/"),))


def year_2027(**changes: object) -> CalendarYear:
    values = {
        "year": 2027,
        "source": "演示数据：不是真的通知",
        "holidays": (Rest(name="元旦", first=dt.date(2027, 1, 1), last=dt.date(2027, 1, 3)),),
        "workdays": (),
        "illustrative": True,
    }
    return CalendarYear(**{**values, **changes})


def test_a_pack_is_loaded_once_and_a_second_time_changes_nothing(told: list[events.PackChange]) -> None:
    first = actions.load_pack(by=HOUSE, at=AT, text=LAW)
    again = actions.load_pack(by=HOUSE, at=AT, text=LAW)
    assert (first.new, again.new) == (True, False)
    assert first.pack == again.pack
    assert first.pack.reference == "pack:law/test/1"
    assert [change.action for change in told] == ["packs.load_pack"]


def test_another_text_needs_another_version() -> None:
    actions.load_pack(by=HOUSE, at=AT, text=LAW)
    with pytest.raises(Conflict) as refusal:
        actions.load_pack(by=HOUSE, at=AT, text=LAW.replace("days = 15", "days = 16"))
    assert refusal.value.code == "pack_text_changed"
    newer = LAW.replace("days = 15", "days = 16").replace('version = "1"', 'version = "2"')
    assert actions.load_pack(by=HOUSE, at=AT, text=newer).new


def test_a_wrong_pack_leaves_nothing_behind() -> None:
    with pytest.raises(WrongPack):
        actions.load_pack(by=HOUSE, at=AT, text=LAW + "\nextra = 1\n[[")
    assert not Pack.objects.exists()


@pytest.mark.parametrize(("actor", "refusal"), [(ANONYMOUS, SignInRequired), (person("cases.read"), Forbidden)])
def test_only_an_administrator_changes_packs(actor: Actor, refusal: type[Refused], running: None) -> None:
    with pytest.raises(refusal):
        actions.load_pack(by=actor, at=AT, text=LAW)
    with pytest.raises(refusal):
        actions.set_active_model(by=actor, at=AT, name="pingchang")
    with pytest.raises(refusal):
        actions.add_calendar_year(by=actor, at=AT, year=year_2027())
    assert actions.load_pack(by=person("packs.load"), at=AT, text=LAW).new


@pytest.mark.parametrize("table", ["packs_pack", "packs_activemodel"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
def test_loaded_texts_do_not_change_even_by_sql(table: str, sql: str, running: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_choosing_a_model_says_what_was_before(running: None, told: list[events.PackChange]) -> None:
    longling = shipped.model_folder("longling") / "model.toml"
    actions.load_pack(by=HOUSE, at=AT, path=longling)
    chosen = actions.set_active_model(by=HOUSE, at=AT, name="longling")
    assert chosen.before is not None
    assert (chosen.before.name, chosen.after.name) == ("pingchang", "longling")
    assert queries.active_model().name == "longling"
    actions.set_active_model(by=HOUSE, at=AT, name="longling")
    assert ActiveModel.objects.count() == 2
    assert told[-1].changes == {"before": "pack:model/pingchang/1.0"}


def test_a_model_that_is_not_loaded_cannot_be_chosen() -> None:
    with pytest.raises(NotFound) as refusal:
        actions.set_active_model(by=HOUSE, at=AT, name="pingchang")
    assert refusal.value.code == "model_not_loaded"


def test_without_a_model_the_answer_says_what_to_do() -> None:
    with pytest.raises(Refused) as refusal:
        queries.active_model()
    assert refusal.value.code == "no_model"


def test_reading_takes_two_statements_and_then_none(running: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        queries.active_model()
    queries.remember()
    with django_assert_num_queries(0):
        assert queries.category("housing.elevator").name == "电梯"
        assert queries.calendar().known(dt.date(2026, 12, 25))
        assert queries.guess_category("路灯坏了")[0].category.name == "路灯"
    with pytest.raises(NotFound):
        queries.category("nothing")


def test_what_is_rolled_back_is_not_remembered(django_capture_on_commit_callbacks, running: None) -> None:
    queries.active_model()
    assert not queries._memory
    queries.forget()
    with django_capture_on_commit_callbacks(execute=True):
        queries.active_model()
    assert queries._memory


def test_an_open_transaction_asks_once_and_a_rolled_back_block_takes_its_answer_along(
    running: None, django_assert_num_queries
) -> None:
    queries.forget()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queries.active_model()
        with django_assert_num_queries(0):
            queries.active_model()
        raise ZeroDivisionError
    with django_assert_num_queries(2):
        queries.active_model()


def test_a_new_year_makes_a_new_version_and_says_which_days_changed(
    running: None, told: list[events.PackChange]
) -> None:
    start = dt.datetime(2026, 12, 30, 10, 0, tzinfo=dt.UTC)
    before = queries.calendar().add_working_days(start, 3)
    assert not before.certain
    changed = actions.add_calendar_year(by=HOUSE, at=AT, year=year_2027())
    assert changed.pack.reference == "pack:calendar/cn/2026.2"
    assert changed.days[0] == dt.date(2026, 12, 26)
    assert changed.days[-1] == dt.date(2027, 12, 25)
    after = queries.calendar().add_working_days(start, 3)
    assert after.certain
    assert after.at > before.at
    assert told[-1].action == "packs.add_calendar_year"
    assert (told[-1].first_day, told[-1].last_day) == (changed.days[0], changed.days[-1])
    assert queries.pack_by_reference("pack:calendar/cn/2026.1").version == "2026.1"


def test_a_corrected_year_changes_only_its_days(running: None) -> None:
    actions.add_calendar_year(by=HOUSE, at=AT, year=year_2027())
    longer = (Rest(name="元旦", first=dt.date(2027, 1, 1), last=dt.date(2027, 1, 4)),)
    changed = actions.add_calendar_year(by=HOUSE, at=AT, year=year_2027(holidays=longer))
    assert changed.days == [dt.date(2027, 1, 4)]
    assert changed.pack.version == "2026.3"
    same = actions.add_calendar_year(by=HOUSE, at=AT, year=year_2027(holidays=longer))
    assert same.days == []
    assert same.pack == changed.pack


@pytest.mark.parametrize(
    "changes",
    [
        {"year": 2029, "holidays": ()},
        {"workdays": (dt.date(2027, 1, 4),)},
        {"workdays": (dt.date(2027, 1, 3),)},
        {"holidays": (Rest(name="元旦", first=dt.date(2027, 1, 3), last=dt.date(2027, 1, 1)),)},
    ],
)
def test_a_year_that_does_not_fit_is_refused(running: None, changes: dict[str, object]) -> None:
    with pytest.raises(WrongPack):
        actions.add_calendar_year(by=HOUSE, at=AT, year=year_2027(**changes))
    assert queries.calendar().known_until == dt.date(2026, 12, 25)


def test_a_year_needs_a_calendar() -> None:
    with pytest.raises(NotFound):
        actions.add_calendar_year(by=HOUSE, at=AT, year=year_2027())


def test_the_pack_of_the_day_is_found() -> None:
    old = LAW.replace("effective_from", "effective_to = 2027-01-01\neffective_from")
    new = LAW.replace("2026-01-01", "2027-01-01").replace('version = "1"', 'version = "2"')
    for text in (old, new, CALENDAR):
        actions.load_pack(by=HOUSE, at=AT, text=text)
    assert queries.law("test", dt.date(2026, 12, 31)).version == "1"
    assert queries.law("test", dt.date(2027, 1, 1)).version == "2"
    assert queries.law("test", dt.date(2026, 6, 1)).params("two") == {"days": 30}
    with pytest.raises(NotFound):
        queries.law("test", dt.date(2025, 12, 31))
    with pytest.raises(NotFound):
        queries.pack_by_reference("pack:law/test/9")


def test_every_shipped_pack_loads_into_a_database() -> None:
    for path in [*shipped.common_packs(), *(shipped.model_folder(n) / "model.toml" for n in shipped.model_names())]:
        assert actions.load_pack(by=HOUSE, at=AT, path=path).new

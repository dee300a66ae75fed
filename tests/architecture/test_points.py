"""Points of persons lead nowhere: no room that serves, hears or counts people reads them, and none of it earns them."""

import ast
import datetime as dt
import re

import pytest
from django.db import models

from gongzhi.ledger import receivers
from gongzhi.ledger.models import Account, Objection
from gongzhi.ledger.queries import funding_lines
from gongzhi.notifications.registry import receivers_of
from gongzhi.packs import shipped
from gongzhi.packs.fund_contents import AWARD, BACK_ENTRY, HELPED, SERVED, SOURCES, FundPack
from gongzhi.packs.reading import read_pack
from tests.architecture.source import Source, functions, read, sources, tell
from tests.architecture.test_glossary import our_models

# The rooms in which people are served, heard, registered, asked and counted; insight and assessments with them.
APART = {"cases", "registers", "ballots", "deliberation", "projects", "gatherings", "partnerships", "patrols"}
APART |= {"insight", "assessments", "sheets", "publications", "duties", "disclosure", "places", "people"}
# What of the ledger reaches accounts of persons; only the ledger itself, and exchange for redeeming, may.
PRIVATE = {"holding", "receivers", "forms_points"}
PRIVATE_ACTIONS = {"persons", "earning", "ending", "objecting", "holding"}
REDEEMS = {"exchange": {"spend", "give_back"}}
# Points of an offer or a sheet are other points; these are the persons' ones, and the event that gives them.
PACK_KEYS = re.compile(r"ledger_points|persons?_points|points_(?:shop|huangshi|balance)|time_bank|volunteering\.served")
MAY_NAME = ("funds/", "laws/cn.processing")


def _imported(source: Source) -> set[str]:
    """Dotted names of the ledger that a file imports."""
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gongzhi.ledger"):
            found |= {f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names if one.name.startswith("gongzhi.ledger")}
    return found


def _reaches(name: str) -> bool:
    parts = name.split(".")[2:]
    private = bool(parts) and parts[0] in PRIVATE
    acts = len(parts) > 1 and parts[0] == "actions" and parts[1] in PRIVATE_ACTIONS
    return private or acts or name.endswith("models.Objection")


def reaching(source: Source) -> list[str]:
    """What in a file reaches accounts of persons: imports, and columns of theirs beside an import of the ledger."""
    imported = _imported(source)
    allowed = REDEEMS.get(source.room, set())
    wrong = [name for name in imported if _reaches(name) and not (allowed and _may_redeem(name, allowed))]
    if any(name.endswith((".Account", ".models")) for name in imported):
        for node in ast.walk(source.tree):
            word = node.attr if isinstance(node, ast.Attribute) else node.arg if isinstance(node, ast.keyword) else ""
            if word and re.match(r"(account__)?holder", word):
                wrong.append(word)
    return [f"src/gongzhi/{source.path}: {name}" for name in wrong]


def _may_redeem(name: str, allowed: set[str]) -> bool:
    return name == "gongzhi.ledger.actions.persons" or (
        name.startswith("gongzhi.ledger.actions.persons.") and name.rpartition(".")[2] in allowed
    )


@pytest.mark.req("J09")
def test_no_other_room_reads_the_points_of_persons() -> None:
    others = [source for source in sources() if source.room not in ("ledger", "cli")]
    tell(
        [one for source in others for one in reaching(source)],
        "Points are for their holder and for exchanging them. Serve, hear and count people without them.",
    )


def test_the_check_itself_sees_an_import_and_a_column() -> None:
    for text in (
        "from gongzhi.ledger import holding",
        "from gongzhi.ledger.holding import accounts_of",
        "from gongzhi.ledger.actions.persons import join",
        "from gongzhi.ledger.models import Account\nAccount.objects.filter(holder=1)",
        "from gongzhi.ledger.models import Account\nx = row.holder_id",
    ):
        assert reaching(read(text, "cases/sample.py")), text
    assert not reaching(read("from gongzhi.ledger.actions.persons import spend", "exchange/claims.py"))
    assert reaching(read("from gongzhi.ledger.actions.persons import spend", "cases/claims.py"))


def test_no_table_of_another_room_points_at_them() -> None:
    """Where money comes from may be an account of a fund; nothing else of the ledger is kept elsewhere."""
    tell(
        [
            f"{model._meta.label}.{field.name}"
            for model in our_models()
            if model._meta.app_label in APART
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.related_model in (Account, Objection)
            if model._meta.label not in FUNDED
        ],
        "Cite the fund's own account by its code, never an account of a person.",
    )


# Lines of work that are paid from a fund: never from a person's points (the database takes only funds in fen there).
FUNDED = {"projects.FundingLine"}


def test_work_is_never_paid_from_an_account_of_a_person() -> None:
    assert 'unit" = fen' in str(funding_lines("/", dt.date(2026, 3, 18)).query)


def test_only_a_service_that_was_given_becomes_points() -> None:
    """No event of a case, a vote, a register or a fee has a receiver in the ledger."""
    found = {
        str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else ast.unparse(node.args[0])
        for source in sources()
        if source.room == "ledger"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "receive"
    }
    # What was given, by volunteers or by a neighbour, and a record of it that was put right.
    assert found == {"SERVED", "HELPED", "REVERSED"}
    assert f"{receivers.__name__}.credit_service" in receivers_of(SERVED)
    assert f"{receivers.__name__}.credit_help" in receivers_of(HELPED)
    assert SOURCES == (SERVED, BACK_ENTRY, HELPED, AWARD)


def test_what_is_earned_is_written_in_two_places_only() -> None:
    """By the rule for a service, by two of the review team: nothing else calls what writes it."""
    callers = {
        f"{source.path}:{function.name}"
        for source in sources()
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("earn", "earning.earn", "earning.award", "award")
    }
    callers = {one for one in callers if not one.startswith("cli/")}
    assert callers == {"ledger/receivers.py:_credit", "ledger/views/members.py:award"}


def test_every_shipped_rule_gives_for_a_service_or_an_award() -> None:
    kinds = [read_pack(path.read_text("utf-8"), path.name) for path in (shipped.FOLDER / "funds").glob("*.toml")]
    persons = [one.persons for one in kinds if isinstance(one, FundPack) and one.persons is not None]
    assert len(persons) >= 3
    assert all(rule.origin in SOURCES and rule.gives > 0 for one in persons for rule in one.earns)


def test_no_pack_of_another_room_knows_points_of_persons() -> None:
    """No procedure, category, roll, form or indicator asks for them."""
    tell(
        [
            f"{inside}: {found.group()}"
            for path in sorted(shipped.FOLDER.rglob("*.toml"))
            if not (inside := path.relative_to(shipped.FOLDER).as_posix()).startswith(MAY_NAME)
            if (found := PACK_KEYS.search(_keys(path.read_text("utf-8"))))
        ],
        "Points stand in kinds of funds only.",
    )


def _keys(text: str) -> str:
    """Keys and codes of a pack, not its sentences: `key = `, `code = "…"`, names of tables."""
    found = re.findall(r'^\s*\[*([\w.]+)\]*\s*(?:=|$)|(?:code|source|of|counts|fact)\s*=\s*"([^"]*)"', text, re.M)
    return "\n".join(one for pair in found for one in pair if one)

"""Guardrails that are about the whole house: what is registered, what is nowhere, what never leaves.

`tools/mutate_guardrails.py` takes each guard away in turn and expects a test to turn red.
"""

import ast
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from django.db import models

from gongzhi.common.registry import holdings
from gongzhi.packs import shipped
from gongzhi.packs.reading import read_pack
from gongzhi.privacy.queries import coverage
from tests.architecture.source import ROOT, sources, tell
from tests.architecture.test_glossary import our_models
from tests.architecture.test_privacy import WATCHING, fields

# Sealed, or of a person, but nobody's information: said here with the reason.
OF_NOBODY = {
    "audit.RequestKey": "digests of requests; named by the activity sessions",
    "privacy.ProcessingActivity": "the register itself",
}
DEBT = re.compile(r"debt|debtor|arrear|owed_fee|unpaid|delinquent|欠费|欠缴|催缴名单|老赖")
FACES = re.compile(r"face|dlib|insightface|mediapipe|facenet|deepface|retinaface|openbr|iris|fingerprint|voiceprint")
# What can open a connection; only these places may, and only to where the instance's own settings point.
NETWORK = {"socket", "smtplib", "http.client", "urllib.request", "requests", "httpx", "aiohttp", "ftplib", "paramiko"}
MAY_CONNECT = ("notifications/channels/", "notifications/outgoing.py", "cli/", "config/", "web/instance.py")


def _columns() -> list[str]:
    """Every column that is sealed, or that says whose a row is."""
    found = []
    for model, field in fields(our_models()):
        related = getattr(getattr(field, "related_model", None), "__name__", "")
        if isinstance(field, models.BinaryField) or related in ("Person", "VaultKey"):
            found.append(f"{model._meta.label}.{field.name}")
    return found


def _registered() -> set[str]:
    path = next(path for path in shipped.common_packs() if path.name == "cn.processing.toml")
    pack = read_pack(path.read_text("utf-8"), path.name)
    return {one.column for one in coverage(pack.rules)}  # type: ignore[attr-defined]  # a law pack


def test_every_column_of_a_person_belongs_to_a_registered_activity() -> None:
    known = _registered()
    tell(
        [
            column
            for column in _columns()
            if column not in known and (table := column.rpartition(".")[0]) not in known and table not in OF_NOBODY
        ],
        "Name the column or its table in packs/data/laws/cn.processing.toml: what for, on what ground, which level.",
    )


def test_no_activity_names_what_is_not_there() -> None:
    labels = {model._meta.label for model in our_models()}
    columns = {f"{model._meta.label}.{field.name}" for model, field in fields(our_models())}
    tell(sorted(_registered() - labels - columns), "No such table or column: take it out of cn.processing.toml.")


def test_every_room_with_something_of_a_person_answers_for_it() -> None:
    """Whoever points at a person registers how to export and how to erase (common.registry)."""
    held = {one.room.removeprefix("zz-").partition("-")[0] for one in holdings()}
    answered_by = {"audit": "people", "documents": "cases", "privacy": "people"}
    rooms = {
        model._meta.app_label
        for model, field in fields(our_models())
        if getattr(getattr(field, "related_model", None), "__name__", "") == "Person"
    }
    tell(
        [room for room in sorted(rooms) if answered_by.get(room, room) not in held],
        "Call common.registry.register_holding in AppConfig.ready.",
    )


def test_nobody_is_listed_for_owing_money() -> None:
    """催缴 is a private reminder and a statistic: no column, no address and no workbook of who owes."""
    columns = [f"{model._meta.label}.{field.name}" for model, field in fields(our_models()) if DEBT.search(field.name)]
    tables = [model._meta.label for model in our_models() if DEBT.search(model.__name__.lower())]
    routes = [
        f"{source.path}: {node.value}"
        for source in sources()
        if source.path.endswith(("urls.py", "sheets.py"))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DEBT.search(node.value)
    ]
    tell([*columns, *tables, *routes], "No lists of debtors: remind in private, mediate, publish counts only.")


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_face_is_recognised() -> None:
    """视频、人脸: none in the product; neither a library nor a column."""
    lines = [line for path in (ROOT / "requirements").glob("*.txt") for line in path.read_text().splitlines()]
    named = {re.split(r"[=<> \[]", line)[0] for line in lines if "==" in line}
    tell(sorted(name for name in named if FACES.search(name.lower())), "No face recognition: take the package out.")
    tell(
        [
            f"{source.path}: {name}"
            for source in sources()
            for name in {module.partition(".")[0] for module in _imports(source.tree)}
            if FACES.search(name.lower())
        ],
        "No face recognition in any room.",
    )


def test_nothing_leaves_the_country_by_itself() -> None:
    """No cross-border transfer (个人信息保护法 38–40): only channels that the instance sets up open a connection."""
    tell(
        [
            f"{source.path}: {name}"
            for source in sources()
            if not source.path.startswith(MAY_CONNECT)
            for name in sorted(_imports(source.tree))
            if name in NETWORK
        ],
        "Send through notifications.channels, to an address of the instance's own settings.",
    )


def test_no_worker_is_tracked() -> None:
    """A place of work is where a matter is: no table holds where a person was, minute by minute."""
    person_and_point = [
        model._meta.label
        for model in our_models()
        if {"longitude", "latitude"} <= {field.name for field in model._meta.local_fields}
        and any(getattr(f.related_model, "__name__", "") == "Person" for f in model._meta.local_fields if f.is_relation)
    ]
    tell(person_and_point, "A point beside a person is a track: put the point on the matter.")
    assert {"track", "trajectory"} <= WATCHING


def test_clear_values_come_out_of_the_vault_by_one_door() -> None:
    """`reveal` writes the reading down; nothing else in the product opens another person's values."""
    inner = {"_values", "_open_value"}
    tell(
        [
            source.at(node)
            for source in sources()
            if source.path != "people/vault.py"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and node.attr in inner
        ],
        "Read with people.vault.reveal and a purpose.",
    )


def test_the_room_of_privacy_says_what_it_tests() -> None:
    """Each row of the design's table has its entry in the mutation tool, or is named as not built."""
    spec = spec_from_file_location("mutate_guardrails", ROOT / "tools/mutate_guardrails.py")
    assert spec and spec.loader
    tool = module_from_spec(spec)
    sys.modules[spec.name] = tool  # its dataclass looks itself up
    spec.loader.exec_module(tool)
    rows = [guard.row for guard in tool.GUARDS]
    stale = [
        f"{guard.row}: {guard.file}"
        for guard in tool.GUARDS
        if not guard.missing and (ROOT / guard.file).read_text("utf-8").count(guard.find) != 1
    ]
    tell(stale, "The guard was rewritten: give its entry in tools/mutate_guardrails.py the new text.")
    for needed in ("信息采集", "红黑榜", "曝光台", "物业费催缴", "书记信箱", "视频/人脸", "AI assist", "公示", "积分"):
        assert any(needed in row for row in rows), needed
    for number in range(1, 11):
        assert any(row.startswith(f"engine {number} ") or row == f"engine {number}" for row in rows), number


@pytest.mark.parametrize("word", ["face_id", "debtors", "unpaid_fees"])
def test_the_words_are_found(word: str) -> None:
    assert FACES.search(word) or DEBT.search(word)

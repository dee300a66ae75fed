"""docs/reference/coverage.md names exactly the tests that are marked, and knows every requirement."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.architecture.source import PACKAGE, ROOT, tell
from tests.support.coverage import PAGE, Outcomes, listed_on
from tools.coverage_page import SHIPPED, facts, render, requirements


def marks(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """("Class::function" or "function", requirement ids) for every marked test.

    A mark may also sit on a parameter, written there or by a helper of the module; what the helper computes is "".
    """
    helpers = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def marked(node: ast.AST) -> list[str]:
        calls = [item for item in ast.walk(node) if isinstance(item, ast.Call)]
        req = [call for call in calls if ast.unparse(call.func) == "pytest.mark.req"]
        return [
            str(argument.value) if isinstance(argument, ast.Constant) else "" for call in req for argument in call.args
        ]

    def ids(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[str]:
        named = [item.id for deco in node.decorator_list for item in ast.walk(deco) if isinstance(item, ast.Name)]
        from_helpers = [one for name in named if name in helpers for one in marked(helpers[name])]
        return [one for decorator in node.decorator_list for one in marked(decorator)] + from_helpers

    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node.name, ids(node)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", ids(node) + ids(inner)


def marked_tests() -> dict[str, list[str]]:
    found = {}
    files = [*(ROOT / "tests").rglob("test_*.py"), *PACKAGE.glob("*/tests/**/test_*.py")]
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        found.update({f"{path.relative_to(ROOT)}::{name}": ids for name, ids in marks(tree) if ids})
    return found


def test_every_marked_requirement_is_known() -> None:
    known = {item["id"] for item in requirements()}
    tell(
        [f"{test}: {one}" for test, ids in marked_tests().items() for one in ids if one and one not in known],
        "No such requirement in docs/reference/requirements.csv.",
    )


def test_the_page_names_the_marked_tests_and_no_others() -> None:
    marked, listed = set(marked_tests()), listed_on(PAGE)
    tell(
        [f"missing: {test}" for test in sorted(marked - listed)]
        + [f"gone: {test}" for test in sorted(listed - marked)],
        "Run ./gongzhi test, then tools/coverage_page.py, and commit docs/reference/coverage.md.",
    )


def test_the_product_shows_what_the_page_names() -> None:
    """Both are written together: a model's coverage in the product is that of docs/reference/coverage.md."""
    shown = {test for row in json.loads(SHIPPED.read_text("utf-8")) for test in row["tests"]}
    assert shown == listed_on(PAGE), "Run tools/coverage_page.py; it writes packs/data/coverage.json too."


def test_the_products_facts_are_written_from_outcomes() -> None:
    row = {"requirement": "C03", "test": "tests/x/test_a.py::test_b", "where": "/places", "outcome": "passed"}
    found = {one["id"]: one for one in json.loads(facts([row]))}
    assert (found["C03"]["where"], found["C03"]["tests"]) == (["/places"], ["tests/x/test_a.py::test_b"])
    assert found["C04"]["tests"] == [] and len(found) == len(requirements())


def test_marks_are_read() -> None:
    text = (
        "import pytest\n@pytest.mark.req('A01', 'A02')\ndef test_a(): ...\n"
        "class TestB:\n    @pytest.mark.req('C01')\n    def test_c(self): ...\n"
        "def row(name): return pytest.param(name, marks=pytest.mark.req(OF[name]))\n"
        "@pytest.mark.parametrize('name', [row(name) for name in OF])\ndef test_d(name): ...\n"
        "@pytest.mark.parametrize('e', [pytest.param(1, marks=pytest.mark.req('D01'))])\ndef test_e(e): ...\n"
        "@pytest.mark.parametrize('f', [1])\ndef test_f(f): ...\n"
    )
    found = {name: ids for name, ids in marks(ast.parse(text)) if ids}
    assert found == {"test_a": ["A01", "A02"], "TestB::test_c": ["C01"], "test_d": [""], "test_e": ["D01"]}


def test_the_page_is_written_from_outcomes(tmp_path: Path) -> None:
    row = {"requirement": "C03", "test": "tests/x/test_a.py::test_b", "where": "/places", "outcome": "passed"}
    page = tmp_path / "coverage.md"
    page.write_text(render([row]), "utf-8")
    assert listed_on(page) == {"tests/x/test_a.py::test_b"}
    assert "`/places`" in page.read_text("utf-8")
    assert f"1 / {len(requirements())}" in page.read_text("utf-8")


@pytest.mark.parametrize("column", ["id", "source", "term"])
def test_the_catalogue_is_whole(column: str) -> None:
    rows = requirements()
    assert len(rows) == 183
    assert len({row["id"] for row in rows}) == 183
    assert all(row[column].strip() for row in rows)


def test_a_proof_passed_only_when_all_its_parameters_did() -> None:
    outcomes: dict[str, str] = {}
    seen = Outcomes(outcomes)
    for nodeid, outcome in [("a.py::t[1]", "passed"), ("a.py::t[2]", "skipped"), ("a.py::t[3]", "passed")]:
        seen.pytest_runtest_logreport(SimpleNamespace(nodeid=nodeid, outcome=outcome))  # type: ignore[arg-type]
    assert outcomes == {"a.py::t": "skipped"}
    seen.pytest_runtest_logreport(SimpleNamespace(nodeid="a.py::t[4]", outcome="failed"))  # type: ignore[arg-type]
    assert outcomes == {"a.py::t": "failed"}

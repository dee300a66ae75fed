"""Writes stand in actions; public actions say who acts and when."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import Source, docstrings, dotted, functions, read, sources, tell

WRITING_MODULES = {"actions", "sql", "imports", "jobs", "migrations"}
# Each exception says why; a new one is a decision, not a way out.
ALLOWED = {
    "audit/limits.py": "rate windows count requests; they are no record of anything",
}
ALLOWED_ROOMS = {"cli": "backup, restore and the database server are below the rooms"}

_ALWAYS = {
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "acreate",
    "asave",
    "adelete",
}
_QUERYSET = re.compile(r"\.objects\b|_set\b|\b(filter|exclude|all|get_queryset|select_for_update|visible_to)\(\)")
_RAW = re.compile(
    r"^\s*(INSERT\s+INTO|UPDATE\s+\S+(\s+\w+)?\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s+\S+.*FROM\s)", re.I | re.S
)

REMEDY = "Write only in actions.py, actions/, sql.py, imports.py or jobs: move it there and call it."


def _is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    verb, receiver = call.func.attr, dotted(call.func.value)
    keywords_only = not call.args and bool(call.keywords)
    if verb in _ALWAYS:
        return True
    if verb == "save":
        return not call.args
    if verb == "delete":
        return not call.args and not call.keywords
    return verb == "update" and (bool(_QUERYSET.search(receiver)) or keywords_only)


def writes(source: Source) -> Iterator[str]:
    ignored = docstrings(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _is_write(node):
            yield f"{source.at(node)} {dotted(node.func)}()"
        elif isinstance(node, ast.Constant) and id(node) not in ignored and _RAW.match(str(node.value)):
            yield f"{source.at(node)} {' '.join(str(node.value).split())[:40]}…"


def may_write(source: Source) -> bool:
    return bool(WRITING_MODULES & set(source.parts)) or source.path in ALLOWED or source.room in ALLOWED_ROOMS


def test_writes_stand_only_in_actions() -> None:
    tell([line for source in sources() if not may_write(source) for line in writes(source)], REMEDY)


def test_the_allow_list_holds_only_what_writes() -> None:
    present = {source.path: source for source in sources()}
    idle = [path for path in ALLOWED if path in present and not any(writes(present[path]))]
    tell(idle, "These no longer write: take them off the allow-list.")


@pytest.mark.parametrize(
    "text",
    [
        "case.save()",
        "case.save(update_fields=['status'])",
        "case.delete()",
        "Case.objects.create(text=text)",
        "rows.bulk_create(found)",
        "Case.objects.filter(pk=1).update(status='x')",
        "rows = Case.objects.all()\nrows.update(status='x')",
        "Case.objects.get_or_create(number=1)",
        "cursor.execute('UPDATE cases_case SET status = 1')",
        "cursor.execute('''\n  insert into cases_case (id) values (1)''')",
        "cursor.execute(f'DELETE FROM {table}')",
    ],
)
def test_a_write_is_seen(text: str) -> None:
    assert list(writes(read(text)))


@pytest.mark.parametrize(
    "text",
    [
        "image.save(buffer, 'JPEG')",
        "digest.update(chunk)",
        "facts.update({'a': 1})",
        "cursor.execute('SELECT 1')",
        '"""Update the case set: a docstring."""',
        "Case.objects.filter(pk=1).first()",
    ],
)
def test_other_calls_are_let_be(text: str) -> None:
    assert not list(writes(read(text)))


# What a room registers for rights requests (common.registry), called by actions that checked the actor.
REGISTERED = (["person_id"], ["person_id", "at"], ["from_mandate", "to_mandate", "at"])
# Called inside other actions, which have checked the actor already.
CALLED_BY_ACTIONS = {"emit": "writes the outbox row of the caller's act"}


def unclear_actions(source: Source, public: set[str] | None = None) -> Iterator[str]:
    """Public functions of an actions file; of a package, those its __init__ passes on."""
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name in CALLED_BY_ACTIONS:
            continue
        if node.name not in public if public is not None else node.name.startswith("_"):
            continue
        if [argument.arg for argument in node.args.args] in REGISTERED:
            continue
        named = {argument.arg for argument in node.args.kwonlyargs}
        if node.args.args or node.args.posonlyargs or node.args.vararg:
            yield f"{source.at(node)} {node.name}: positional arguments"
        elif missing := {"by", "at"} - named:
            yield f"{source.at(node)} {node.name}: no {' or '.join(sorted(missing))}="


def passed_on(source: Source) -> set[str]:
    imports = [node for node in source.tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def test_public_actions_are_keyword_only_and_say_who_and_when() -> None:
    packages = {source.room: passed_on(source) for source in sources() if source.path.endswith("/actions/__init__.py")}
    actions = [source for source in sources() if "actions" in source.parts[1:]]
    tell(
        [line for source in actions for line in unclear_actions(source, packages.get(source.room))],
        "A public action is `def verb_noun(*, by: Actor, at: datetime, …)`; what helps it begins with _.",
    )


def test_unclear_actions_are_seen() -> None:
    bad = "def close_case(case, by, at): ...\ndef open_case(*, by): ...\ndef _seal(x): ...\n"
    assert [line.split()[1] for line in unclear_actions(read(bad))] == ["close_case:", "open_case:"]
    assert not list(unclear_actions(read("def close_case(*, by, at, number): ...")))


def test_public_actions_begin_with_a_verb_that_says_something() -> None:
    frameworks = {"process_exception", "process_view", "process_template_response"}  # Django calls them so
    vague = re.compile(r"^(do|handle|process|perform|manage|execute)_")
    tell(
        [
            f"{source.at(node)} {node.name}"
            for source in sources()
            for node in functions(source)
            if vague.match(node.name) and node.name not in frameworks
        ],
        "Name the act itself (dispatch_case, not handle_case).",
    )

"""A setting or a command without documentation does not exist; documentation without one is a lie."""

import argparse
import ast
import re
from functools import cache

from gongzhi.cli.main import build_parser
from tests.architecture.source import ROOT, docstrings, sources, tell

SETTINGS_PAGE = ROOT / "docs/reference/settings.md"
COMMANDS_PAGE = ROOT / "docs/reference/commands.md"
_VARIABLE = re.compile(r"\b(?:GONGZHI_[A-Z0-9_]*[A-Z0-9]|DATABASE_URL)\b")
# Set by the launcher for the program it starts, never by a person.
INTERNAL = {"GONGZHI_JOURNEYS"}


def variables_read() -> dict[str, str]:
    """Each variable named in a string of the product (docstrings do not count), and where."""
    found: dict[str, str] = {}
    for source in sources():
        ignored = docstrings(source.tree)
        for node in ast.walk(source.tree):
            text = str(node.value) if isinstance(node, ast.Constant) and id(node) not in ignored else ""
            if _VARIABLE.fullmatch(text):
                found.setdefault(text, source.at(node))
    return found


def variables_documented() -> set[str]:
    """The first column of the page's table: `NAME`."""
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", SETTINGS_PAGE.read_text("utf-8"), re.M))


def test_every_setting_is_documented() -> None:
    known = variables_documented() | INTERNAL
    tell(
        [f"{name} ({where})" for name, where in variables_read().items() if name not in known],
        "Add a row to docs/reference/settings.md: | `NAME` | default | what it does |",
    )


def test_every_documented_setting_is_read() -> None:
    launcher = (ROOT / "gongzhi").read_text("utf-8") if (ROOT / "gongzhi").is_file() else ""
    known = set(variables_read()) | set(_VARIABLE.findall(launcher))
    tell(
        sorted(variables_documented() - known),
        "Nothing reads these: take them off docs/reference/settings.md.",
    )


@cache
def verbs() -> dict[str, argparse.ArgumentParser]:
    """Verb → its parser, as `./gongzhi VERB --help` shows it."""
    actions = build_parser()._actions
    return next(dict(action.choices) for action in actions if isinstance(action, argparse._SubParsersAction))


def shown(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Without what one of our programs says to another."""
    return [action for action in parser._actions if action.help is not argparse.SUPPRESS]


def verbs_documented() -> set[str]:
    return set(re.findall(r"^### `([a-z-]+)", COMMANDS_PAGE.read_text("utf-8"), re.M))


def test_every_verb_is_documented() -> None:
    tell(sorted(set(verbs()) - verbs_documented()), "Add a section to docs/reference/commands.md: ### `verb …`")


def test_every_documented_verb_exists() -> None:
    tell(sorted(verbs_documented() - set(verbs())), "No such verb: take it off docs/reference/commands.md.")


def test_every_verb_and_every_option_has_help() -> None:
    silent = [verb for verb, parser in verbs().items() if not parser.description]
    silent += [
        f"{verb} {action.dest}" for verb, parser in verbs().items() for action in shown(parser) if not action.help
    ]
    tell(silent, "Give add_argument(help=…): one short line.")


def test_every_option_is_documented() -> None:
    page = COMMANDS_PAGE.read_text("utf-8")
    options = {option for parser in verbs().values() for action in shown(parser) for option in action.option_strings}
    tell(sorted(one for one in options if one.startswith("--") and one not in page), "Name it in commands.md.")


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("README.md")]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    tell(broken, "Mend the link or write the page.")


def test_every_page_is_reached_from_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    lost = [page for page in pages if page != "README.md" and page not in index]
    lost = [page for page in lost if not page.startswith("decisions/")]  # listed one by one in their own index
    tell(lost, "Name the page in docs/README.md.")


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    records = [page.name for page in (ROOT / "docs/decisions").glob("0*.md")]
    tell([name for name in records if name not in index], "Name the record in docs/decisions/README.md.")

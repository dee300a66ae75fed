"""What is committed belongs to the project: no machine's paths, no index addresses, no other talk."""

import re
from functools import cache
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT, tell, tracked_files

# Written in pieces, so that this file does not name them.
_INDEXES = re.compile(
    "|".join(
        [
            r"py" + r"pi\.(org|python)",
            r"python" + r"hosted\.org",
            r"registry\.np" + r"mjs",
            r"np" + r"mmirror\.com",
            r"mirrors?\.[\w.-]+/(py" + r"pi|np" + "m)",
            r"--(extra-)?index-" + r"url[ =]\S*http",
        ]
    )
)
_PATHS = re.compile(r"(?<![\w.~$}])/(work/(main|shared)|root/\w|home/[a-z]+/|Users/\w+/)")
_TALK = re.compile(
    r"\b(" + "|".join(["clau" + "de", "anthro" + "pic", "chat" + "gpt", "copi" + "lot", "sub" + "agent"]) + r")\b",
    re.I,
)
_UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


@cache
def texts() -> dict[str, str]:
    """Tracked text files by path. Vendored and built assets are checked by their licence list only."""
    found = {}
    for path in tracked_files():
        name = path.relative_to(ROOT).as_posix()
        if "/static/" in name or path.name in ("LICENSE", "requirements.csv"):
            continue
        try:
            found[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts().items()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_package_index_is_named() -> None:
    tell(
        lines_with(_INDEXES),
        "Leave addresses of package indexes out: the installer's own settings name them.",
    )


def test_no_path_of_a_machine_is_named() -> None:
    tell(lines_with(_PATHS), "Use a path inside the project or a temporary folder.")


def test_nothing_is_left_unfinished_or_beside_the_point() -> None:
    tell(lines_with(_UNFINISHED), "Do it, or write an issue; the code says what is.")
    tell(lines_with(_TALK), "The repository speaks of the product only.")


def test_no_lock_file_records_addresses() -> None:
    names = {path.name for path in tracked_files()}
    tell(
        sorted(names & {"uv.lock", "pylock.toml", "poetry.lock"}),
        "Lock with requirements/*.txt and hashes only.",
    )


def test_every_requirement_is_locked_by_hash() -> None:
    for name in ("core", "dev"):
        text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
        pinned = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", text, re.M)
        assert len(pinned) > 10
        assert text.count("--hash=sha256:") >= len(pinned)


def test_licences_are_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    page = (ROOT / "docs/reference/licences.md").read_text("utf-8")
    notices = [path.read_text("utf-8") for path in PACKAGE.glob("*/static/**/NOTICE.txt")]
    shipped = [name for text in notices for name in re.findall(r"^(\S+) \d\S* \(.+\)$", text, re.M)]
    assert shipped, "The built assets carry a NOTICE.txt with every licence."
    tell(sorted(set(shipped) - set(re.findall(r"[@\w./-]+", page))), "Name it in docs/reference/licences.md.")


def test_synthetic_data_says_so() -> None:
    demo = [path for path in tracked_files() if path.suffix in (".csv", ".json", ".toml", ".xlsx")]
    demo = [path for path in demo if "/demo/" in path.as_posix() and "src" in path.parts]
    unmarked = [path for path in demo if not _says_demo(path)]
    tell(
        [str(path.relative_to(ROOT)) for path in unmarked],
        "Synthetic data is marked 演示数据 in name or text.",
    )


def _says_demo(path: Path) -> bool:
    return "demo" in path.name or "演示数据" in path.read_bytes().decode("utf-8", "ignore")

"""The tail is what separates codebases: no long functions, no long files, no vague names. No baseline."""

import re
import subprocess
import sys
from statistics import median

from tests.architecture.source import PACKAGE, ROOT, Source, functions, rooms, sources, tell

MEDIAN, P95, LONGEST = 10, 40, 70
FILE, FILE_AT_ALL = 400, 500
# An engine may follow a published algorithm step by step.
ENGINE_LONGEST = 150
LONG_FILES: dict[str, str] = {}  # path → reason; never beyond FILE_AT_ALL
VAGUE_MODULES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "process",
    "data",
    "misc",
    "lib",
    "stuff",
}


def lengths(some: tuple[Source, ...]) -> list[tuple[int, str]]:
    """Lines from `def` to the last statement, longest first."""
    found = [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{source.at(node)} {node.name}")
        for source in some
        for node in functions(source)
    ]
    return sorted(found, reverse=True)


def test_functions_stay_short() -> None:
    rows = lengths(tuple(source for source in sources() if source.room != "engines"))
    sizes = [size for size, _ in rows]
    tell(
        [f"{where}: {size} lines" for size, where in rows if size > LONGEST],
        f"At most {LONGEST} lines: split by step.",
    )
    share = int(len(sizes) * 0.05)
    assert sizes[share] <= P95, f"The 95th percentile is {sizes[share]} lines, at most {P95}: {rows[:share]}"
    assert median(sizes) <= MEDIAN


def test_engines_stay_readable() -> None:
    rows = lengths(tuple(source for source in sources() if source.room == "engines"))
    tell(
        [f"{where}: {size}" for size, where in rows if size > ENGINE_LONGEST],
        "Split the algorithm at its own steps.",
    )


def test_files_stay_short() -> None:
    long = {source.path: source.text.count("\n") for source in sources() if source.text.count("\n") > FILE}
    tell(
        [f"{path}: {size} lines" for path, size in long.items() if size > FILE_AT_ALL or path not in LONG_FILES],
        f"At most {FILE} lines: split by story (actions/dispatch.py), never by type.",
    )


def test_modules_have_names_that_say_something() -> None:
    tell(
        [source.path for source in sources() if VAGUE_MODULES & set(source.parts)],
        "Name the module after what it holds (plural noun); nothing is a helper.",
    )


def test_every_tests_folder_is_a_package() -> None:
    bare = [f"{room}/tests" for room in rooms() if (PACKAGE / room / "tests").is_dir()]
    bare = [path for path in bare if not (PACKAGE / path / "__init__.py").exists()]
    tell(bare, "Add an empty __init__.py: two rooms may both have test_rules.py.")


def test_lint_is_clean() -> None:
    """Complexity, dates without zone, blind excepts and the rest; every ignore says why."""
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--output-format=concise",
            "src",
            "tests",
            "tools",
            "conftest.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_every_ignore_says_why() -> None:
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)\s*$")
    tell(
        [
            f"src/gongzhi/{source.path}:{number}"
            for source in sources()
            for number, line in enumerate(source.text.splitlines(), 1)
            if bare.search(line)
        ],
        "Write the reason after the ignore: `# noqa: S603 - the program is ours`.",
    )

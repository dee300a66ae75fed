"""The rooms' order holds, and the contracts really refuse what they should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, rooms

LOWER_ROOMS = [
    "config",
    "web",
    "api",
    "people",
    "places",
    "audit",
    "packs",
    "common",
    "engines",
    "cli",
    "cases",
    "notifications",
    "documents",
]


def lint(source_folder: Path) -> subprocess.CompletedProcess[str]:
    """Import-linter with the project's own contracts over any package folder."""
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    command = [sys.executable, "-c", program, "--config", str(ROOT / ".importlinter"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(source_folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=source_folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An empty house with the real rooms' names."""
    for room in LOWER_ROOMS:
        (tmp_path / "gongzhi" / room).mkdir(parents=True)
        (tmp_path / "gongzhi" / room / "__init__.py").touch()
    (tmp_path / "gongzhi/__init__.py").touch()
    return tmp_path


def plant(house: Path, path: str, text: str) -> None:
    file = house / "gongzhi" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    for folder in file.parents:
        if folder == house:
            break
        (folder / "__init__.py").touch()
    file.write_text(text)


def test_the_house_keeps_its_order() -> None:
    result = lint(PACKAGE.parent)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_empty_house_is_fine(house: Path) -> None:
    assert lint(house).returncode == 0


@pytest.mark.parametrize(
    ("files", "broken"),
    [
        ({"cases/actions.py": "", "places/queries.py": "from gongzhi.cases import actions"}, "downwards"),
        (
            {"documents/sql.py": "", "notifications/queries.py": "from gongzhi.documents import sql"},
            "downwards",
        ),
        ({"leisure/__init__.py": ""}, "downwards"),
        ({"cases/rules.py": "from django.utils import timezone"}, "Rules are pure"),
        (
            {"cases/models.py": "import datetime", "cases/rules/late.py": "from gongzhi.cases import models"},
            "Rules are",
        ),
        ({"engines/tally.py": "import django"}, "Engines know nothing"),
        (
            {"common/text.py": "", "engines/a.py": "from gongzhi.common import text"},
            "Engines know nothing",
        ),
        ({"cases/views.py": "", "cases/queries.py": "from gongzhi.cases import views"}, "Inside a room"),
        ({"places/jobs.py": "", "cases/actions.py": "from gongzhi.places import jobs"}, "Nobody below"),
        (
            {"places/views/a.py": "", "cases/queries.py": "from gongzhi.places.views import a"},
            "Nobody below",
        ),
    ],
)
def test_a_planted_violation_is_refused(house: Path, files: dict[str, str], broken: str) -> None:
    for path, text in files.items():
        plant(house, path, text)
    result = lint(house)
    lines = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(broken in line for line in lines), result.stdout


def test_tests_may_import_from_anywhere(house: Path) -> None:
    plant(house, "cases/actions.py", "")
    plant(house, "places/tests/test_actions.py", "from gongzhi.cases import actions")
    assert lint(house).returncode == 0


def test_every_room_says_what_it_is() -> None:
    silent = [room for room in rooms() if not (PACKAGE / room / "__init__.py").read_text("utf-8").startswith('"""')]
    assert not silent, f"Begin __init__.py with a docstring (what it is, legal basis, its words): {silent}"

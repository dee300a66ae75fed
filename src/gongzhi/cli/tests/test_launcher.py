"""The launcher on a tiny checkout of its own: nothing to download, everything else as in the real one."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from gongzhi.cli.tests.programs import ROOT, SOURCE, until

MAIN = """
import os, sys
print("ran", *sys.argv[1:])
sys.exit(int(os.environ.get("WANTED", "0")))
"""

pytestmark = pytest.mark.skipif(not (ROOT / "gongzhi").exists(), reason="needs a checkout")


def bare_checkout(root: Path) -> Path:
    (root / "requirements").mkdir(parents=True)
    for name in ("core", "dev"):
        (root / "requirements" / f"{name}.txt").write_text("# nothing\n")
    (root / "src/gongzhi/cli").mkdir(parents=True)
    (root / "src/gongzhi/__init__.py").touch()
    (root / "src/gongzhi/__main__.py").write_text(MAIN)
    shutil.copy(SOURCE / "gongzhi/cli/bootstrap.py", root / "src/gongzhi/cli")
    shutil.copy(ROOT / "gongzhi", root)
    return root


@dataclass(frozen=True)
class FirstStart:
    """A checkout after its first start: twice at once."""

    root: Path
    answers: list[tuple[str, str]]


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    root = bare_checkout(tmp_path_factory.mktemp("first") / "checkout")
    both = [
        subprocess.Popen([root / "gongzhi", name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("one", "two words")
    ]
    return FirstStart(root, [child.communicate(timeout=600) for child in both])


@pytest.fixture
def checkout(first_start: FirstStart, tmp_path: Path) -> Path:
    """A prepared checkout of one's own."""
    shutil.copytree(first_start.root, tmp_path / "checkout", symlinks=True)
    return tmp_path / "checkout"


def launch(checkout: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "gongzhi", *arguments],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_a_later_start_runs_at_once_and_passes_everything_on(checkout: Path) -> None:
    link = checkout.parent / "link"
    link.symlink_to(checkout / "gongzhi")
    second = launch(checkout, "demo", "a b", WANTED="3")
    assert (second.stdout, second.stderr, second.returncode) == ("ran demo a b\n", "", 3)
    assert subprocess.run([link, "x"], capture_output=True, text=True, check=False).stdout == "ran x\n"


def test_verbs_bring_their_packages_and_a_changed_lock_is_installed_again(checkout: Path) -> None:
    assert "dev.txt" in launch(checkout, "test").stderr
    assert launch(checkout, "check").stderr == ""
    (checkout / "requirements/core.txt").write_text("# nothing more\n")
    assert "core.txt" in launch(checkout, "demo").stderr


def test_two_first_starts_at_once_wait_for_each_other(first_start: FirstStart) -> None:
    assert [out for out, _ in first_start.answers] == ["ran one\n", "ran two words\n"]
    told = "".join(err for _, err in first_start.answers)
    assert told.count("Making .venv") == 1
    assert "waiting" in told


def test_a_start_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    checkout = bare_checkout(tmp_path / "checkout")
    with subprocess.Popen([checkout / "gongzhi", "demo"], stderr=subprocess.DEVNULL, start_new_session=True) as cut:
        assert until(lambda: (checkout / ".venv/.gongzhi/making").exists())
        os.killpg(cut.pid, signal.SIGKILL)
    assert not (checkout / ".venv/.gongzhi/core.txt").exists()
    again = launch(checkout, "demo")
    assert again.stdout == "ran demo\n", again.stderr
    assert not (checkout / ".venv/.gongzhi/making").exists()


def test_without_python_it_says_what_to_do(tmp_path: Path) -> None:
    checkout = bare_checkout(tmp_path / "checkout")
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("sh", "dirname", "cmp", "readlink"):
        (bare / tool).symlink_to(shutil.which(tool) or "/bin/false")
    done = launch(checkout, "demo", PATH=str(bare))
    assert done.returncode == 1
    assert "apt-get install python3" in done.stderr
    assert "没有找到 Python" in done.stderr
    (bare / "cmp").unlink()
    assert "diffutils" in launch(checkout, "demo", PATH=str(bare)).stderr


def test_a_venv_of_somebody_else_is_used_not_deleted(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv/.gongzhi")
    (checkout / ".venv/mine").touch()
    assert launch(checkout, "demo").stdout == "ran demo\n"
    assert (checkout / ".venv/mine").exists()

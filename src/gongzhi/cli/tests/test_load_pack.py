"""`load-pack`: the figures of a province and a stricter procedure, checked on load; all files or none."""

from pathlib import Path

import pytest

from gongzhi.cli.main import run
from gongzhi.cli.verbs.load_pack import load_files
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.deliberation.tests.test_levy import LOCAL
from gongzhi.packs.models import Pack
from gongzhi.packs.reading import WrongPack
from gongzhi.packs.tests.test_procedures import local, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    load_procedures(("levy",))
    caps, levy = tmp_path / "caps.toml", tmp_path / "levy.toml"
    caps.write_text(LOCAL, "utf-8")
    levy.write_text(local(text_of("levy"), "levy"), "utf-8")
    return caps, levy


def test_local_packs_are_loaded_once(files: tuple[Path, Path]) -> None:
    for _again in range(2):
        loaded = load_files(files)
        assert [name for name, _version, _title in loaded] == ["cn.levy.32", "levy.41"]
    assert Pack.objects.filter(name__in=("cn.levy.32", "levy.41")).count() == 2


def test_one_that_cuts_a_corner_keeps_all_of_them_out(files: tuple[Path, Path]) -> None:
    caps, levy = files
    levy.write_text(levy.read_text("utf-8").replace("days = 7", "days = 2", 1), "utf-8")
    with pytest.raises(WrongPack, match=r"levy.toml 第 \d+ 行.*“公示方案”的公示比一事一议筹资筹劳短"):
        load_files([caps, levy])
    assert not Pack.objects.filter(name__in=("cn.levy.32", "levy.41")).exists()


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load-pack", "nowhere.toml"]) != 0
    assert "nowhere.toml" in capsys.readouterr().err

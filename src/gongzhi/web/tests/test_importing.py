"""The pages of importing: what is checked, kept, written, fetched, taken back, and refused."""

import io

import pytest
from django.conf import settings
from django.test import Client
from openpyxl import Workbook, load_workbook

from gongzhi.audit.imports import imports_made
from gongzhi.cli.late import load
from gongzhi.common.sheets import kinds
from gongzhi.places.models import Place
from gongzhi.web import incoming
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
GOOD = ["YS-7", "演示七片", "三级网格（片区）", "PC-1", "", ""]
BAD = ["YS-8", "演示八片", "没有的层级", "PC-1", "", ""]


@pytest.fixture
def world(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return cast.build()


@pytest.fixture
def client(world):
    found = Client()
    found.force_login(world.people["administrator"])
    return found


def table(*rows, name="演示数据.xlsx"):
    book, out = Workbook(), io.BytesIO()
    for row in (["代码", "名称", "层级", "上级代码", "户数", "目标户数"], *rows):
        book.active.append(row)
    book.save(out)
    out.seek(0)
    out.name = name
    return out


def test_a_dry_run_then_the_import_then_back(client, world) -> None:
    checked = client.post("/setup/import/grids/", {"file": table(GOOD, BAD)})
    page = checked.content.decode()
    assert "还没有写入" in page and "没有“没有的层级”这个层级" in page
    assert not Place.objects.filter(code="YS-7").exists()
    wrong = client.get(checked.context["wrong_url"])
    rows = list(load_workbook(io.BytesIO(b"".join(wrong.streaming_content))).worksheets[0].iter_rows(values_only=True))
    assert rows[1][0] == "YS-8" and rows[1][-2] == 3
    token = checked.context["token"]
    kept = settings.DATA_DIR / "imports" / "incoming" / token
    assert kept.stat().st_mode & 0o077 == 0, "nobody else reads what was uploaded"
    assert client.post("/setup/import/grids/write", {"token": token}).status_code == 302
    assert Place.objects.filter(code="YS-7").exists() and not kept.exists()
    assert client.post("/setup/import/grids/write", {"token": token}).status_code == 404, "once"
    number = imports_made(world.actor("administrator"))[0].number
    assert "读 2 行" in client.get("/setup/import/").content.decode()
    assert client.post(f"/setup/import/undo/{number}").status_code == 302
    assert not Place.objects.filter(code="YS-7").exists()
    assert client.post(f"/setup/import/undo/{number}").status_code == 409


def test_a_file_of_another_kind_is_refused_with_words(client) -> None:
    page = client.post("/setup/import/grids/", {"file": table(GOOD, name="x.docx")}).content.decode()
    assert "读不出来" in page
    page = client.post("/setup/import/dwellings/", {"file": table(GOOD)}).content.decode()
    assert "没有找到表头" in page and "楼栋代码" in page
    assert "请选一个文件" in client.post("/setup/import/grids/", {}).content.decode()
    assert client.get("/setup/import/nothing/").status_code == 404


@pytest.mark.parametrize("name", ["../keys", "x.xlsx", "grids-00000000-wrong.xlsx"])
def test_only_wrong_rows_are_fetched(client, name) -> None:
    assert client.get(f"/setup/import/wrong/{name}").status_code == 404


def test_what_nobody_came_back_for_goes(world, client) -> None:
    token = client.post("/setup/import/grids/", {"file": table(GOOD)}).context["token"]
    assert incoming.path_of(token).exists()
    incoming.keep(_Upload(), NOW.replace(year=NOW.year + 3))
    assert client.post("/setup/import/grids/write", {"token": token}).status_code == 404


class _Upload:
    name, size = "later.csv", 3

    def chunks(self):
        yield b"a,b"


def test_the_command_knows_every_kind_that_a_room_registers() -> None:
    verb = load("gongzhi.cli.verbs.import:SHEETS")
    assert set(verb) == {kind.name for kind in kinds()}


def test_a_secretary_brings_in_the_registers_and_nothing_else(world) -> None:
    """Each kind has its own permission; others' imports, and what they got wrong, are not shown."""
    secretary = Client()
    secretary.force_login(world.people["secretary"])
    page = secretary.get("/setup/import/")
    shown = {kind.name for kind in page.context["kinds"]}
    assert {"areas", "tenures", "grids"} <= shown and not {"people", "posts", "organizations"} & shown
    assert secretary.get("/setup/import/areas/template").status_code == 200
    assert secretary.get("/setup/import/people/template").status_code == 403
    assert secretary.post("/setup/import/people/", {"file": table(GOOD)}).status_code == 403

    boss = Client()
    boss.force_login(world.people["administrator"])
    checked = boss.post("/setup/import/grids/", {"file": table(GOOD, BAD)})
    boss.post("/setup/import/grids/write", {"token": checked.context["token"]})
    assert secretary.get(checked.context["wrong_url"]).status_code == 403
    assert secretary.get("/setup/import/").context["done"] == []
    number = imports_made(world.actor("administrator"))[0].number
    assert secretary.post(f"/setup/import/undo/{number}").status_code in (403, 404)
    assert Place.objects.filter(code="YS-7").exists()

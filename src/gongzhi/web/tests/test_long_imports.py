"""Long imports: the worker does them, the page tells how far they are; stopped, taken up again, never half written."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from gongzhi.audit.imports import imports_made
from gongzhi.common import clock
from gongzhi.places.models import Place
from gongzhi.web import incoming, long_imports
from tests import cast
from tests.cast import World

pytestmark = pytest.mark.django_db
HEAD = ["代码", "名称", "层级", "上级代码", "户数", "目标户数"]


@pytest.fixture
def world(tmp_path: Any, settings: Any, monkeypatch: Any) -> World:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(long_imports, "SMALL", 0)
    return cast.build()


@pytest.fixture
def client(world: World) -> Client:
    found = Client()
    found.force_login(world.people["administrator"])
    return found


def table(count: int = 3) -> io.BytesIO:
    book, out = Workbook(), io.BytesIO()
    page: Any = book.active
    page.append(HEAD)
    for number in range(count):
        page.append([f"YS-{number}", f"演示{number}片", "三级网格（片区）", "PC-1", "", ""])
    page.append(["YS-x", "演示错片", "没有的层级", "PC-1", "", ""])
    book.save(out)
    out.seek(0)
    out.name = "演示数据.xlsx"
    return out


def upload(client: Client) -> str:
    """A long file arrives; returns its token."""
    answer = client.post("/setup/import/grids/", {"file": table()})
    assert answer.status_code == 302
    return str(answer["Location"]).rsplit("/", 1)[1]


def turn() -> bool:
    """One turn of the worker, in this thread."""
    note = long_imports.take(clock.now())
    if note is not None:
        long_imports.work(note)
    return note is not None


@pytest.mark.req("C02")
def test_checked_and_written_by_the_worker_while_the_page_looks(client: Client, world: World) -> None:
    token = upload(client)
    page = client.get(f"/setup/import/work/{token}").content.decode()
    assert "排队等着" in page and "http-equiv" in page and "hx-trigger" in page, "with script and without"
    assert "没做完的" in client.get("/setup/import/").content.decode()
    bar = client.get(f"/setup/import/work/{token}", headers={"HX-Request": "true"}).content.decode()
    assert "<progress" in bar and "<html" not in bar
    assert turn() and not turn()
    assert client.get(f"/setup/import/work/{token}", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    checked = client.get(f"/setup/import/work/{token}")
    assert "还没有写入" in checked.content.decode() and checked.context["outcome"].created == 3
    assert "核对好了" in client.get("/setup/import/").content.decode()
    assert client.get(checked.context["wrong_url"]).status_code == 200
    assert not Place.objects.filter(code="YS-0").exists()
    assert client.post("/setup/import/grids/write", {"token": token}).status_code == 302
    assert turn()
    done = client.get(f"/setup/import/work/{token}", follow=True).content.decode()
    assert "读 4 行，导入 3 行" in done and Place.objects.filter(code="YS-2").exists()
    assert imports_made(world.actor("administrator"))[0].created == 3
    assert incoming.tokens() == [] and client.get(f"/setup/import/work/{token}").status_code == 404


def test_stopped_while_it_waits_and_taken_up_again(client: Client) -> None:
    token = upload(client)
    client.post(f"/setup/import/work/{token}/cancel")
    assert not turn()
    page = client.get(f"/setup/import/work/{token}").content.decode()
    assert "已经停下，什么也没有写。文件还在，再做就从头开始。" in page and "从头再做" in page
    client.post(f"/setup/import/work/{token}/again")
    assert turn() and (note := long_imports.find(token)) is not None and note.state == "done"


def test_stopped_in_the_middle_nothing_is_written(client: Client, monkeypatch: Any) -> None:
    token = upload(client)
    assert turn()
    client.post("/setup/import/grids/write", {"token": token})
    write = long_imports.NoteProgress.finish

    def stop_now(self: Any) -> None:
        if Place.objects.filter(code="YS-0").exists():
            long_imports.cancel(token)
        write(self)

    monkeypatch.setattr(long_imports.NoteProgress, "finish", stop_now)
    assert turn()
    note = long_imports.find(token)
    assert note is not None and note.state == "cancelled"
    assert not Place.objects.filter(code="YS-0").exists(), "all or nothing"


def test_what_a_dead_worker_left_is_taken_up(client: Client) -> None:
    token = upload(client)
    assert long_imports.take(clock.now()) is not None
    assert long_imports.take(clock.now()) is None, "somebody does it"
    file = incoming.path_of(token).with_suffix(".json")
    told = json.loads(file.read_text("utf-8"))
    told["touched"] -= dt.timedelta(minutes=5).total_seconds()
    file.write_text(json.dumps(told), "utf-8")
    assert "停住了" in client.get(f"/setup/import/work/{token}").content.decode()
    assert turn()
    assert file.stat().st_mode & 0o077 == 0, "nobody else reads it"


def test_a_file_that_cannot_be_read_says_so(client: Client) -> None:
    token = upload(client)
    incoming.path_of(token).write_bytes(b"no workbook")
    assert turn()
    page = client.get(f"/setup/import/work/{token}").content.decode()
    assert "读不出来" in page and "从头再做" in page


def test_only_administrators(client: Client, world: World) -> None:
    token = upload(client)
    other = Client()
    other.force_login(world.people["dispatcher"])
    for act in ("", "/cancel", "/again"):
        ask = other.post if act else other.get
        assert ask(f"/setup/import/work/{token}{act}").status_code == 403

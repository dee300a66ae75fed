"""Importing divisions: all of them as they are, dirty ones mended or set aside, interrupted ones continued."""

import csv
import gzip
import os
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count

from gongzhi.audit.models import Entry
from gongzhi.common.errors import Conflict, Refused
from gongzhi.places import actions, imports, locating, queries, sql
from gongzhi.places.imports import import_divisions
from gongzhi.places.models import Place
from gongzhi.places.tests.conftest import AT, HOUSE

pytestmark = pytest.mark.django_db

FILES = {
    "provinces.csv": "code,name\n44,广东省\n",
    "cities.csv": 'code,name,provinceCode\n4403,"深圳市",44\n4419,"东莞市",44\n',
    "areas.csv": "code,name,cityCode,provinceCode\n440307,龙岗区,4403,44\n441900,东莞市,4419,44\n",
    "streets.csv": "code,name,areaCode,provinceCode,cityCode\n440307009,葵涌街道,440307,44,4403\n"
    "441900003,东城街道,441900,44,4419\n",
    "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
    "440307009001,葵涌社区居委会,440307009,44,4403,440307\n441900003001,岗贝社区居委会,441900003,44,4419,441900\n",
}
ROWS = 9


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def run(tmp_path):
    def _run(*files, **options):
        return import_divisions([Path(file) for file in files], data_dir=tmp_path / "data", at=AT, **options)

    return _run


def wrong_rows(report):
    with report.wrong_file.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_whole_tree_comes_in_whatever_the_order_of_files(folder, run):
    report = run(*sorted(folder.glob("*.csv"), reverse=True))
    assert (report.read, report.imported, report.wrong, report.wrong_file) == (ROWS, ROWS, 0, None)
    village = queries.get_place("440307009001")
    assert village.path == "/44/4403/440307/440307009/440307009001/"
    assert (village.level, village.parent.name, village.statistical_code) == ("village", "葵涌街道", "440307009001")
    assert queries.get_place("441900003001").path == "/44/4419/441900/441900003/441900003001/"
    assert Entry.objects.filter(action="places.import_divisions").count() == 1


def test_a_second_time_makes_nothing_and_reports_the_same(folder, run):
    first = run(folder)
    ids, revision = set(Place.objects.values_list("id", flat=True)), locating.revision()
    second = run(folder)
    assert (first.read, first.imported) == (second.read, second.imported) == (ROWS, ROWS)
    assert set(Place.objects.values_list("id", flat=True)) == ids
    assert locating.revision() == revision


def test_a_dry_run_changes_nothing(folder, run):
    report = run(folder, dry_run=True)
    assert (report.read, report.imported) == (ROWS, ROWS)
    assert not Place.objects.exists()
    assert not Entry.objects.exists()


def test_dirty_rows_are_mended(tmp_path, run):
    (tmp_path / "provinces.csv").write_bytes("\ufeffCode,Name\r\n４４,\u3000广东省\t\r\n".encode())
    (tmp_path / "cities.csv").write_bytes(
        "code,name,provinceCode\n'4403, 深圳市 ,44\n\n4419.0,东莞市,44.0\n".encode("gb18030")
    )
    (tmp_path / "areas.csv.gz").write_bytes(
        gzip.compress("name,cityCode,code\n龙岗区,440300000000,440307000000\n".encode())
    )
    report = run(tmp_path)
    assert (report.read, report.wrong) == (4, 0)
    assert [p.name for p in Place.objects.order_by("path")] == ["广东省", "深圳市", "龙岗区", "东莞市"]
    assert queries.get_place("440307").path == "/44/4403/440307/"


def test_rows_that_cannot_be_mended_are_set_aside_with_line_and_reason(folder, run):
    (folder / "villages.csv").write_text(
        "code,name,streetCode\n"
        "440307009001,葵涌社区居委会,440307009\n"
        "44030700900,少一位,440307009\n"
        "440307009001,重复,440307009\n"
        "440307099001,没有街道,440307099\n"
        "440307009002,\u3000\t,440307009\n"
        "abc,不是数字,440307009\n"
        "440307009003,=HYPERLINK(1),440307009\n"
        "440307009004\n",
        "utf-8",
    )
    report = run(folder)
    assert report.read == report.imported + report.wrong == ROWS - 2 + 8
    reasons = {(row["行号"], row["code"]): row["原因"] for row in wrong_rows(report)}
    assert reasons == {
        ("3", "44030700900"): "代码位数不对",
        ("4", "440307009001"): "代码重复",
        ("5", "440307099001"): "没有上级 440307099",
        ("6", "440307009002"): "没有名称",
        ("7", "abc"): "代码不是数字",
        ("9", "440307009004"): "没有名称",
    }
    assert Place.objects.get(code="440307009003").name == "=HYPERLINK(1)"


def test_the_wrong_file_can_be_mended_and_imported_by_itself(folder, run):
    villages = folder / "villages.csv"
    villages.write_text(villages.read_text("utf-8").replace("440307009001,葵涌", "4403070090,葵涌"), "utf-8")
    report = run(folder)
    assert report.wrong == 1
    mended = report.wrong_file.read_text("utf-8-sig").replace("4403070090,", "440307009001,", 1)
    again = folder / "mended.csv"
    again.write_text(mended, "utf-8-sig")
    assert run(again).imported == 1
    assert queries.get_place("440307009001").name == "葵涌社区居委会"


def test_one_file_of_all_levels_and_one_without_header(tmp_path, run):
    mixed = tmp_path / "all.csv"
    mixed.write_text(
        "代码,名称\n440307009000,葵涌街道\n440307000000,龙岗区\n440300000000,深圳市\n440000000000,广东省\nx,错\n",
        "utf-8",
    )
    report = run(mixed)
    assert (report.read, report.wrong) == (5, 1)
    assert queries.get_place("440307009").path == "/44/4403/440307/440307009/"
    bare = tmp_path / "villages.csv"
    bare.write_text("440307009001,葵涌社区居委会\n", "utf-8")
    assert run(bare).imported == 1


def test_another_name_renames_and_keeps_the_old_one(folder, run):
    run(folder)
    (folder / "areas.csv").write_text(FILES["areas.csv"].replace("龙岗区", "新龙岗区"), "utf-8")
    report = run(folder)
    assert report.imported == ROWS
    place = queries.get_place("440307")
    assert place.name == "新龙岗区"
    assert [(v.name, v.valid_to.isoformat()) for v in queries.history_of(place)] == [("龙岗区", "2026-03-18")]


def test_another_parent_is_not_taken_from_a_file(folder, run):
    run(folder)
    actions.move_place(
        by=HOUSE,
        at=AT,
        place=queries.get_place("440307009"),
        parent=queries.get_place("441900"),
        on=AT.date(),
    )
    report = run(folder)
    assert (report.imported, report.wrong) == (ROWS - 1, 1)
    assert "441900" in wrong_rows(report)[0]["原因"]
    assert queries.get_place("440307009001").path == "/44/4419/441900/440307009/440307009001/"


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_import_keeps_its_chunks_and_goes_on(folder, run, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 1)
    written, real = [], imports._write_span

    def breaks(span, valid_from):
        if len(written) == 5:
            raise KeyboardInterrupt
        written.append(span)
        return real(span, valid_from)

    monkeypatch.setattr(imports, "_write_span", breaks)
    with pytest.raises(KeyboardInterrupt):
        run(folder)
    assert Place.objects.count() == 5
    monkeypatch.setattr(imports, "_write_span", real)
    assert run(folder).imported == ROWS
    assert Place.objects.count() == ROWS


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_refused(folder, run):
    import psycopg

    settings = connection.get_connection_params()
    keep = {key: settings[key] for key in ("dbname", "user", "host", "port") if settings.get(key)}
    with psycopg.connect(**keep) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [imports._LOCK])
        with pytest.raises(Conflict, match="import_running"):
            run(folder)
    assert not Place.objects.exists()


@pytest.mark.parametrize("text", ["", "something,else\n1,2\n"])
def test_a_file_that_is_no_division_is_refused(tmp_path, run, text):
    (tmp_path / "provinces.csv").write_text(text, "utf-8")
    with pytest.raises(Refused, match="unreadable_division_file"):
        run(tmp_path)


def test_an_empty_folder_and_a_broken_archive_are_refused(tmp_path, run):
    with pytest.raises(Refused, match="no_division_files"):
        run(tmp_path)
    whole = gzip.compress(FILES["villages.csv"].encode() * 50)
    (tmp_path / "villages.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match="unreadable_division_file"):
        run(tmp_path)
    assert sql.run("SELECT 1 FROM pg_class WHERE relname = 'places_staging'") == 0


def divisions_folder() -> Path:
    """The real data beside the project; in CI it must be there."""
    folder = Path(__file__).resolve().parents[5] / "shared/data/divisions"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI needs the folder shared/data/divisions beside the project")
        pytest.skip("no folder shared/data/divisions beside the project")
    return folder


@pytest.mark.realdata
def test_all_real_divisions_come_in(run):
    report = run(divisions_folder())
    assert (report.read, report.imported, report.wrong) == (665_276, 665_276, 0)
    levels = dict(Place.objects.values_list("level").annotate(n=Count("id")))
    assert levels == {"province": 31, "city": 342, "area": 2_978, "street": 41_352, "village": 620_573}
    district = queries.get_place("440307000000")
    assert (district.name, district.civil_code) == ("龙岗区", "440307")
    assert {"葵涌街道", "大鹏街道", "南澳街道"} <= {row.name for row in queries.children(district, HOUSE)}
    assert queries.get_place("441900").path == "/44/4419/441900/"

"""Messages of a city become cases: all of them or named as wrong, once however often the file comes."""

import datetime as dt
import random
import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from gongzhi.audit.actions import verify_trail
from gongzhi.audit.models import Entry
from gongzhi.cases import queries, words
from gongzhi.cases.imports import import_messages
from gongzhi.cases.imports.messages import WrongRow, moment_of, number_of
from gongzhi.cases.imports.placing import Named, PlaceNames, spoken_name
from gongzhi.cases.imports.sorting import Sorter
from gongzhi.cases.imports.taxonomy import read_taxonomy
from gongzhi.cases.models import Case, CaseEvent, Clock, Reporter
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.cases.queries.statistics import statistics
from gongzhi.cases.tests.messages import HEADER, raw_rows, recomputed, write_csv, write_xlsx
from gongzhi.common.access import system_actor
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.progress import ImportReport, Silent
from gongzhi.notifications.models import OutboxEvent
from gongzhi.packs.rules import guess_category
from gongzhi.packs.taxonomies import categories_of, count_levels
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.people.models import VaultKey
from tests.cast import NOW, World

HOUSE = system_actor("import")
ANSWERED = (
    "101",
    "A0009",
    "\t\u3000路灯不亮 ",
    "2019/2/28 11:25:05",
    "\n\t\t柳园小区门口的路灯坏了\u3000一周。\n",
    "已修好。",
    "2019/3/1",
)
# A cell of a spreadsheet has no zone.
A_CELL = dt.datetime(2019, 8, 1, 9, 30)  # noqa: DTZ001
OPEN = (102, "A0010", "楼道堆物", A_CELL, "丁岗镇平昌社区三楼楼道堆满纸箱。", None, None)


@pytest.fixture
def bring(world: World, tmp_path: Path) -> Any:
    """Import rows or files; `rows` makes a workbook of them."""

    def _bring(*files: Path, rows: Any = None, **options: Any) -> ImportReport:
        if rows is not None:
            files = (write_xlsx(tmp_path / "rows.xlsx", rows),)
        return import_messages(files, data_dir=tmp_path / "instance", **{"by": HOUSE, "at": NOW, **options})

    return _bring


def wrong_rows(report: ImportReport) -> list[tuple[Any, ...]]:
    assert report.wrong_file is not None
    book = load_workbook(report.wrong_file)
    return [row for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]


def reasons(report: ImportReport) -> list[str]:
    return [str(row[-1]) for row in wrong_rows(report)]


def the_case(number: str) -> Case:
    return Case.objects.select_related("key", "unit", "place", "grid").get(channel="import", external_id=number)


# One message


def test_an_answered_message_is_a_closed_case_with_the_times_of_the_source(bring):
    assert bring(rows=[ANSWERED]) == ImportReport(1, 1, 0, None)
    case = the_case("101")
    received, answered = dt.datetime(2019, 2, 28, 11, 25, 5, tzinfo=CHINA), dt.datetime(2019, 3, 1, tzinfo=CHINA)
    assert (case.status, case.received_at, case.answered_at, case.closed_at) == ("closed", received, answered, answered)
    assert words.open_words(case.key, case.words) == {"text": "路灯不亮", "detail": "柳园小区门口的路灯坏了 一周。"}
    assert words.open_part(case.key, "result", case.result) == "已修好。"
    # Nobody here confirmed it, nobody is made up to have done it.
    assert (case.solved, case.heard, case.satisfied, case.unit_id) == ("", None, None, None)
    events = list(CaseEvent.objects.filter(case=case).order_by("id").values_list("move", "status", "at"))
    assert events == [
        ("report", "reported", received),
        ("answer", "answered", answered),
        ("close", "closed", answered),
    ]
    assert all(event.facts["imported"] for event in CaseEvent.objects.filter(case=case))


def test_an_open_message_waits_at_the_desk_without_a_running_clock(bring, world):
    bring(rows=[OPEN])
    case = the_case("102")
    assert (case.status, case.next_clock, case.next_clock_at) == ("reported", "", None)
    assert case.due_at > case.received_at and not Clock.objects.filter(case=case).exists()
    assert case in list(queries.worked_by(world.actor("dispatcher")))


def test_nobody_is_told_of_history_but_the_trail_knows_it(bring):
    before = OutboxEvent.objects.count()
    bring(rows=[ANSWERED, OPEN])
    assert [event.topic for event in OutboxEvent.objects.order_by("id")][before:] == ["cases.imported"]
    entries = Entry.objects.filter(action="cases.import").values_list("subject", flat=True)
    assert set(entries) == {the_case("101").reference, the_case("102").reference}
    assert all(at == NOW for at in Entry.objects.filter(action="cases.import").values_list("at", flat=True))
    assert verify_trail(by=HOUSE, at=NOW).valid


def test_case_pages_and_public_progress_show_it(bring, world):
    bring(rows=[ANSWERED])
    case = the_case("101")
    view = queries.view_of(world.actor("auditor"), case, NOW)
    assert (view.title, view.result, view.status) == ("路灯不亮", "已修好。", "已结案")
    shown = queries.track(case.number, queries.track_code_for(case.number))
    assert [entry["status"] for entry in shown["timeline"]] == ["reported", "answered", "closed"]


def test_no_personal_value_stands_in_a_plain_column(bring):
    rows = [(*ANSWERED[:2], "请联系13800138000", *ANSWERED[3:]), OPEN]
    bring(rows=rows)
    with connection.cursor() as cursor:
        for table in ("cases_case", "cases_reporter", "cases_caseevent", "audit_entry", "notifications_outboxevent"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            text = "\n".join(row[0] for row in cursor.fetchall())
            for value in ("A0009", "A0010", "13800138000", "楼道", "路灯", "已修好"):
                assert value not in text, f"{table}: {value}"
    assert set(Reporter.objects.values_list("person", "contact", "phone_index")) == {(None, None, None)}


# Again, interrupted, later answered, erased


def test_a_second_import_changes_nothing(bring):
    first = bring(rows=[ANSWERED, OPEN, ANSWERED])
    entries = Entry.objects.filter(action="cases.import").count()
    second = bring(rows=[ANSWERED, OPEN, ANSWERED])
    assert first == second == ImportReport(3, 3, 0, None)
    assert (Case.objects.count(), Entry.objects.filter(action="cases.import").count()) == (2, entries)
    assert VaultKey.objects.filter(subject_kind="case").count() == 2


class Stopping(Silent):
    """Ends the work after so many batches, as Ctrl-C would."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def advance(self, count: int = 1) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_an_interrupted_import_goes_on_where_it_stopped(bring):
    rows = [
        (n, "A1", f"第{n}件", "2019/1/2 3:04:05", f"第{n}件的详情", "已办。", "2019/1/5 6:00:00") for n in range(2500)
    ]
    with pytest.raises(KeyboardInterrupt):
        bring(rows=rows, progress=Stopping(2))
    kept = set(Case.objects.values_list("number", flat=True))
    assert len(kept) == 2000
    assert bring(rows=rows) == ImportReport(2500, 2500, 0, None)
    assert Case.objects.count() == 2500 and kept < set(Case.objects.values_list("number", flat=True))


def test_a_dry_run_writes_nothing_but_the_wrong_rows(bring, tmp_path):
    write_xlsx(tmp_path / "tree.xlsx", [("城乡建设", "安全生产", "安全隐患")], ("一级分类", "二级分类", "三级分类"))
    report = bring(rows=[ANSWERED, OPEN, ("x", "", "", "", "", "", "")], dry_run=True, taxonomy=tmp_path / "tree.xlsx")
    assert (report.read, report.imported, report.wrong) == (3, 2, 1)
    assert reasons(report) == ["没有留言时间"]
    assert not Case.objects.exists() and not Entry.objects.filter(action__startswith="cases.").exists()
    assert not VaultKey.objects.filter(subject_kind="case").exists()
    real = bring(rows=[ANSWERED, OPEN, ("x", "", "", "", "", "", "")])
    assert (real.imported, real.wrong) == (2, 1)


def test_an_answer_that_comes_with_a_later_file_closes_the_case(bring):
    bring(rows=[OPEN])
    assert bring(rows=[(*OPEN[:5], "已清走。", "2019/8/9 10:00:00")]).wrong == 0
    case = the_case("102")
    assert (case.status, words.open_part(case.key, "result", case.result)) == ("closed", "已清走。")
    moves = list(CaseEvent.objects.filter(case=case).order_by("id").values_list("move", flat=True))
    assert moves == ["report", "answer", "close"]
    assert verify_trail(by=HOUSE, at=NOW).valid


def test_a_case_that_somebody_took_up_is_answered_by_them(bring, world):
    bring(rows=[OPEN])
    from gongzhi.cases import actions

    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=the_case("102").number)
    report = bring(rows=[(*OPEN[:5], "已清走。", "2019/8/9 10:00:00")])
    assert reasons(report) == ["这一件已经有人在办，答复请在页面上写"]
    assert the_case("102").status == "accepted"


def test_erased_words_do_not_come_back_from_a_file(bring):
    bring(rows=[ANSWERED])
    destroy_key(the_case("101").key_id, NOW)
    assert bring(rows=[ANSWERED]) == ImportReport(1, 1, 0, None)
    case = the_case("101")
    assert words.open_words(case.key, case.words)["erased"]


# Wrong rows

GOOD = ("A1", "标题在这里", "2019/1/2 3:04:05", "详情在这里", "", "")
WRONG = [
    (("", *GOOD), "没有编号"),
    (("a b", *GOOD), "编号读不懂"),
    (("9" * 81, *GOOD), "编号读不懂"),
    (("1", "A1", "标题", "", "详情", "", ""), "没有留言时间"),
    (("2", "A1", "标题", "去年冬天", "详情", "", ""), "留言时间读不懂"),
    (("3", "A1", "标题", "2019/2/30 1:00:00", "详情", "", ""), "留言时间读不懂"),
    (("4", "A1", "标题", "2031/1/1 1:00:00", "详情", "", ""), "留言时间不可信：太早，或在将来"),
    (("5", "A1", "标题", "1971/1/1 1:00:00", "详情", "", ""), "留言时间不可信：太早，或在将来"),
    (("6", "A1", "", "2019/1/2 3:04:05", "\u3000\t", "", ""), "没有内容"),
    (("7", "A1", "", "2019/1/2 3:04:05", "灯", "", ""), "内容太短"),
    (("8", "A1", "长" * 4001, "2019/1/2 3:04:05", "详情", "", ""), "内容太长"),
    (("9", *GOOD[:4], "已办。", ""), "有答复，没有答复时间"),
    (("10", *GOOD[:4], "", "2019/1/3 3:04:05"), "有答复时间，没有答复"),
    (("11", *GOOD[:4], "已办。", "不久"), "答复时间读不懂"),
    (("12", *GOOD[:4], "已办。", "2019/1/2 3:04:04"), "答复早于留言"),
    (("13", *GOOD[:4], "已办。", "2031/1/2 3:04:04"), "答复时间在将来"),
]


def test_wrong_rows_come_back_with_their_cells_their_line_and_the_reason(bring):
    rows = [row for row, _ in WRONG] + [("20", *GOOD), ("20", "A1", "另一件事", *GOOD[2:]), ("20", *GOOD)]
    report = bring(rows=rows)
    assert (report.read, report.imported, report.wrong) == (len(rows), 2, len(WRONG) + 1)
    assert reasons(report) == [*(reason for _, reason in WRONG), "编号重复，内容不同"]
    found = wrong_rows(report)
    assert [row[:7] for row in found[:3]] == [tuple(cell or None for cell in row) for row, _ in WRONG[:3]]
    assert found[0][7] == 2 and found[-1][7] == len(WRONG) + 3
    assert stat.S_IMODE(report.wrong_file.stat().st_mode) == 0o600
    stored = bring(rows=[("20", "A1", "又一件事", *GOOD[2:])])
    assert reasons(stored) == ["编号已经导入过，内容不同"]


def test_mended_wrong_rows_can_be_imported_by_themselves(bring, tmp_path):
    report = bring(write_csv(tmp_path / "rows.csv", [("31", "A1", "=1+1 是标题", "哪天", "详情在这里", "", "")]))
    book = load_workbook(report.wrong_file)
    sheet = book.worksheets[0]
    assert sheet["C2"].value == "=1+1 是标题" and sheet["C2"].data_type == "s"
    sheet["D2"] = "2019年1月2日 3:04:05"
    book.save(tmp_path / "mended.xlsx")
    assert bring(tmp_path / "mended.xlsx") == ImportReport(1, 1, 0, None)
    assert words.open_words(the_case("31").key, the_case("31").words)["text"] == "=1+1 是标题"


def test_columns_may_stand_in_any_order_below_a_title_and_blank_rows_do_not_count(bring, tmp_path):
    header = ("留言时间", "留言详情", "别的", "留 言 编 号", "留言主题")
    rows = [
        ("2019/1/2 3:04:05", "详情", "x", "41", "标题"),
        (None, " ", None, None, None),
        ("2019/1/2", "详情二", None, "42", "标题二"),
    ]
    file = write_xlsx(tmp_path / "other.xlsx", rows, header, ("某市留言", None, None, None, None))
    assert bring(file) == ImportReport(2, 2, 0, None)
    assert the_case("42").received_at == dt.datetime(2019, 1, 2, tzinfo=CHINA)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_is_read_in_both_encodings_of_the_country(bring, tmp_path, encoding):
    file = write_csv(tmp_path / "rows.csv", [ANSWERED, [str(c or "") for c in OPEN]], encoding)
    assert bring(file) == ImportReport(2, 2, 0, None)
    case = the_case("101")
    assert words.open_words(case.key, case.words)["text"] == "路灯不亮"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0", "unreadable_table"),
        ("not.xlsx", b"hello", "unreadable_table"),
        ("other.csv", "姓名,电话\n某人,1\n".encode(), "no_header"),
    ],
)
def test_other_files_are_refused_with_what_to_do(bring, tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as refused:
        bring(tmp_path / name)
    assert refused.value.code == code


def test_only_those_who_run_the_instance_import(bring, world):
    with pytest.raises(Forbidden):
        bring(rows=[ANSWERED], by=world.actor("dispatcher"))
    assert bring(rows=[ANSWERED], by=world.actor("administrator")).imported == 1


cells = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["", 1, 2, "3", " 4", "五", 6.0]),
        "title": st.sampled_from(["", "短", "标题一", "标题二"]),
        "received": st.sampled_from(["2019/1/2 3:04:05", A_CELL, "哪天", None, 43467.5]),
        "detail": st.sampled_from(["", "详情一", "详情二"]),
        "answer": st.sampled_from(["", "", "已办。"]),
        "answered": st.sampled_from(["", "", "2019/1/9 1:00:00", "2018/1/1"]),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, max_size=12))
def test_every_row_is_imported_or_wrong_and_a_second_time_alike(bring, rows):
    table = [(r["number"], "A1", r["title"], r["received"], r["detail"], r["answer"], r["answered"]) for r in rows]
    with transaction.atomic():
        report = bring(rows=table)
        assert report.read == len(table)  # the user's cell is never blank
        assert report.wrong == (len(wrong_rows(report)) if report.wrong_file else 0)
        stored = set(Case.objects.values_list("external_id", "status"))
        assert len(stored) == len({number for number, _ in stored}) <= report.imported
        again = bring(rows=table)
        assert (again.read, again.imported, again.wrong) == (report.read, report.imported, report.wrong)
        assert set(Case.objects.values_list("external_id", "status")) == stored
        transaction.set_rollback(True)


# Pure parts


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2019/2/28 11:25:05", "2019-02-28T11:25:05+08:00"),
        ("\t2019-2-8 9:05", "2019-02-08T09:05:00+08:00"),
        ("２０１９/1/2", "2019-01-02T00:00:00+08:00"),
        ("2019年1月2日 3时4分5秒", "2019-01-02T03:04:05+08:00"),
        ("2019-01-02T03:04:05Z", "2019-01-02T03:04:05+00:00"),
        ("2019-01-02 03:04:05.000", "2019-01-02T03:04:05+08:00"),
        (43524.5, "2019-02-28T12:00:00+08:00"),
        ("43524", "2019-02-28T00:00:00+08:00"),
        (dt.date(2019, 1, 2), "2019-01-02T00:00:00+08:00"),
        ("2019/13/1", None),
        ("昨天", None),
        (True, None),
        (7, None),
        ("", None),
    ],
)
def test_times_as_people_write_them(cell, moment):
    found = moment_of(cell)
    assert (found.isoformat() if found else None) == moment


def test_numbers_as_spreadsheets_keep_them():
    assert [number_of(cell) for cell in (188006, 188006.0, "\t188006 ", "188006.0", "'00123", "ＡＢ１")] == [
        "188006",
        "188006",
        "188006",
        "188006",
        "00123",
        "AB1",
    ]
    with pytest.raises(WrongRow):
        number_of("\u3000")


PLACES = [
    Named(1, "region", "丁岗镇", "/T/"),
    Named(2, "region", "平昌社区居委会", "/T/A/"),
    Named(3, "region", "桂园小区", "/T/A/X/"),
    Named(4, "region", "和平村委会", "/T/B/"),
    Named(5, "region", "和平村委会", "/T/A/H/"),
    Named(6, "building", "3号楼", "/T/A/X/3/"),
    Named(7, "grid", "平昌社区", "/T/G/"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("在桂园小区门口", 3),
        ("桂园小区3号楼", 3),
        ("平昌社区的桂园小区", None),  # the grid 平昌社区 lies elsewhere in this tree: open, so none
        ("丁岗镇桂园小区", 3),
        ("丁岗镇", 1),
        ("碧桂园小区的大门", None),
        ("我家在3号楼", None),
        ("和平村的路", None),
        ("桂园小区旁边的和平村", 3),
        ("丁岗镇和平村", 1),
        ("平昌社区", 7),
        ("", None),
    ],
)
def test_a_place_is_found_by_its_name_or_not_at_all(text, found):
    one = PlaceNames(PLACES).find(text)
    assert (one.id if one else None) == found


def test_names_that_every_neighbourhood_has_say_nothing():
    assert [spoken_name(name) for name in ("3号楼", "第二网格", "东区", "一期", "花园")] == [""] * 5
    assert spoken_name("金鼎村村委会") == spoken_name("金鼎村民委员会") == spoken_name("金鼎村委会") == "金鼎村"
    assert spoken_name("平昌社区居民委员会") == "平昌社区"


def test_sorting_gives_what_the_pack_rule_gives():
    tree = [
        ("城乡建设", "环境卫生", "垃圾清运"),
        ("城乡建设", "物业管理", "物业收费"),
        ("交通运输", "出租车管理", "其他"),
    ]
    categories = categories_of(tree)
    sorter = Sorter(categories)
    for text in ("小区垃圾清运不及时，环境卫生差", "物业收费太高", "没有说什么", "出租车管理混乱", "Wi-Fi"):
        expected = guess_category(text, categories)
        assert sorter.guess(text) == (expected[0].category.code if expected else "")
    assert sorter.sort("物业收费太高", ("交通运输",)).source == "staff"
    assert sorter.sort("物业收费太高", ("没有的",)).source == "guess"


def test_a_tree_with_merged_cells_and_repeats(tmp_path):
    rows = [("甲", "乙", "丙"), (None, None, "丁"), ("甲", "乙", "丙"), (" \u3000甲", "戊", "己\t"), (None, "庚", None)]
    file = write_xlsx(tmp_path / "tree.xlsx", rows, ("一级分类", "二级分类", "三级分类"))
    assert read_taxonomy(file) == [("甲", "乙", "丙"), ("甲", "乙", "丁"), ("甲", "戊", "己"), ("甲", "庚")]
    bad = write_xlsx(tmp_path / "bad.xlsx", [("甲", None, "丙")], ("一级分类", "二级分类", "三级分类"))
    with pytest.raises(Refused, match="bad_taxonomy"):
        read_taxonomy(bad)


# The real files


@pytest.fixture
def messages(real_data: Path) -> Path:
    return real_data / "messages"


def check_figures(found: Any, expected: dict[str, float]) -> None:
    assert found.answered.numerator == expected["count"]
    for name in ("median", "p75", "mean", "longest"):
        assert getattr(found.delay, name) == pytest.approx(expected[name], abs=1e-6), name


@pytest.mark.realdata
def test_both_real_files_come_in_as_they_are_and_once(bring, messages):
    files = (messages / "messages_4326.xlsx", messages / "replies_2816.xlsx")
    first = bring(*files, taxonomy=messages / "taxonomy.xlsx")
    assert (first.read, first.imported, first.wrong) == (7142, 7142, 0)
    assert Case.objects.filter(status="closed").count() == 2816
    assert Case.objects.filter(status="reported").count() == 4326
    assert set(Case.objects.values_list("location", flat=True)) <= {"unlocated", "text"}
    assert Case.objects.exclude(category="").filter(category__startswith="tax.").count() > 2500
    numbers = set(Case.objects.values_list("number", flat=True))
    assert bring(*files) == first
    assert set(Case.objects.values_list("number", flat=True)) == numbers
    found = statistics(HOUSE, Filters(channel="import"), NOW)
    check_figures(found, recomputed(raw_rows(files[1])[1:]))
    delay = found.delay
    assert [round(days, 1) for days in (delay.median, delay.p75, delay.mean)] == [11.2, 22.3, 20.3]
    assert int(delay.longest) == 1160


@pytest.mark.realdata
@pytest.mark.parametrize("seed", [20260318, 7])
def test_a_random_half_gives_its_own_figures(bring, messages, tmp_path, seed):
    header, *rows = raw_rows(messages / "replies_2816.xlsx")
    half = random.Random(seed).sample(rows, len(rows) // 2)
    report = bring(write_xlsx(tmp_path / "half.xlsx", half, header))
    assert (report.read, report.wrong) == (1408, 0)
    found = statistics(HOUSE, Filters(), NOW)
    check_figures(found, recomputed(half))
    assert filtered(HOUSE, found.answered.rows, NOW).count() == 1408


@pytest.mark.realdata
def test_the_real_tree_has_15_103_and_390_names(messages):
    paths = read_taxonomy(messages / "taxonomy.xlsx")
    assert count_levels(paths) == ((15, 103, 390), (15, 118, 517))


# Statistics


def test_every_figure_opens_onto_as_many_rows(bring, world, report):
    report()
    bring(rows=[ANSWERED, OPEN])
    auditor = world.actor("auditor")
    found = statistics(auditor, Filters(), NOW)
    for name in ("received", "answered", "in_time", "late", "open", "overdue"):
        figure = getattr(found, name)
        assert filtered(auditor, figure.rows, NOW).count() == figure.numerator, name
    assert (found.received.numerator, found.answered.numerator, found.open.numerator) == (3, 1, 2)
    assert found.answered.excluded == {"not_answered": 2}
    assert found.in_time.denominator + sum(found.in_time.excluded.values()) == 3


def test_nothing_counted_gives_no_figure_instead_of_zero(world):
    found = statistics(world.actor("auditor"), Filters(), NOW)
    assert (found.delay.median, found.in_time.percent, found.received.numerator) == (None, None, 0)
    assert found.as_json()["reply_delay_days"]["median"] is None


def test_filters_narrow_by_day_and_channel(bring, world, report):
    report()
    bring(rows=[ANSWERED, OPEN])
    day = dt.date(2019, 2, 28)
    assert statistics(HOUSE, Filters(since=day, until=day), NOW).received.numerator == 1
    assert statistics(HOUSE, Filters(since=day + dt.timedelta(days=1)), NOW).received.numerator == 2
    assert statistics(HOUSE, Filters(channel="import"), NOW).received.numerator == 2


def test_the_page_shows_figures_with_denominators_and_refuses_others(bring, world, client):
    bring(rows=[ANSWERED, OPEN])
    client.force_login(world.people["auditor"])
    page = client.get("/statistics/?channel=import").content.decode()
    assert "有答复的 1 件" in page and "不在内：还没答复 1 件" in page and "answered=yes" in page
    rows = client.get("/cases/?channel=import&answered=yes").content.decode()
    assert the_case("101").number in rows and the_case("102").number not in rows and "只看已有答复的" in rows
    client.force_login(world.people["department"])
    assert client.get("/statistics/").status_code == 403


@pytest.mark.realdata
def test_the_header_here_is_that_of_the_source(messages):
    assert raw_rows(messages / "replies_2816.xlsx")[0] == HEADER

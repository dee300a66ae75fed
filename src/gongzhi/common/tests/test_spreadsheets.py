"""A list that is taken along opens in a spreadsheet program as what it was: words stay words."""

import datetime as dt
import io

from openpyxl import load_workbook

from gongzhi.common.spreadsheets import rows_as_xlsx, workbook


def test_words_that_look_like_a_formula_stay_words() -> None:
    book = load_workbook(io.BytesIO(workbook(["诉求"], [["=1+1"], ["-2"], ["路灯不亮"]], title="诉求/全部")))
    sheet = book.active
    assert sheet is not None
    assert sheet.title == "诉求 全部"
    assert [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows(min_row=2)] == [
        ("=1+1", "s"),
        ("-2", "s"),
        ("路灯不亮", "s"),
    ]


def test_times_are_shown_in_local_time_and_numbers_stay_numbers() -> None:
    at = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)
    answer = rows_as_xlsx("三月", ["何时", "件数"], [[at, 3]], note="三月收到的")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "三月收到的"
    assert rows[1] == ("何时", "件数")
    assert rows[2] == (dt.datetime(2026, 3, 18, 9, 0), 3)  # noqa: DTZ001 - what the cell shows
    assert "filename*=UTF-8''%E4%B8%89%E6%9C%88.xlsx" in answer.headers["Content-Disposition"]

"""A refusal is said the same way in every room: days as days, beside its field, and never where it gives away much."""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.utils import translation

from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.refusals import put_back, said, tried

NOW = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)


class Form(forms.Form):
    day = forms.CharField(label="哪天", required=False)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def form() -> Form:
    found = Form({"day": "x"})
    assert found.is_valid()
    return found


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("2026-11-26", "11月26日"),
        (dt.date(2026, 11, 26), "11月26日"),
        ("2027-01-02", "2027年1月2日"),
        ("2026-02-31", "2026-02-31"),
        ("HY-202603-0001", "HY-202603-0001"),
        ("", ""),
        (7, "7"),
        (None, "None"),
    ],
)
def test_days_are_said_as_people_say_them(fact: Any, words: str) -> None:
    assert said(Refused("early", "最早 {day} 才能记。", day=fact)) == f"最早 {words} 才能记。"


def test_the_language_is_the_reader_s() -> None:
    with translation.override("en"):
        assert said(Refused("early", "最早 {day} 才能记。", day="2026-11-26")).count("26 Nov") == 1


def test_it_stands_beside_its_field_or_above_the_form() -> None:
    beside, above, elsewhere = form(), form(), form()
    put_back(beside, Refused("wrong", "不对。", field="day"))
    put_back(above, Conflict("wrong", "不对。", field="nothing"))
    put_back(elsewhere, Refused("wrong", "不对。"), "day")
    assert beside.errors == elsewhere.errors == {"day": ["不对。"]}
    assert above.non_field_errors() == ["不对。"] and "day" not in above.errors


@pytest.mark.parametrize("refusal", [Forbidden, NotFound, SignInRequired])
def test_what_no_field_can_mend_goes_on(refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        put_back(form(), refusal("no", "不行。"))
    chosen = form()
    put_back(chosen, refusal("no", "没有这一天。", field="day"))
    assert chosen.errors == {"day": ["没有这一天。"]}


def test_an_act_is_tried() -> None:
    def refuse() -> None:
        raise Refused("wrong", "不对。", field="day")

    right, wrong = form(), form()
    assert tried(right, lambda: 5) == 5 and not right.errors
    assert tried(wrong, refuse) is None and wrong.errors == {"day": ["不对。"]}

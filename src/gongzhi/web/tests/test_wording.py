"""Clocks turn amber in their last fifth and red only when over; dates are short and unbroken."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from gongzhi.common import wording as said
from gongzhi.common.clock import CHINA
from gongzhi.web import wording
from gongzhi.web.views.home import greeting

NOW = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)  # 9:00 in China, a Wednesday


def after(**span: float) -> dt.datetime:
    return NOW + dt.timedelta(**span)


@pytest.mark.parametrize(
    ("due", "since", "tone", "words"),
    [
        (after(minutes=24), after(minutes=-60), "soon", "剩 24 分"),
        (after(minutes=30), after(minutes=-30), "soon", "剩 30 分"),
        (after(minutes=31), after(minutes=-60), "", "剩 31 分"),
        (after(hours=2), after(hours=-8), "soon", "剩 2 小时"),
        (after(hours=2, minutes=1), after(hours=-8), "", "剩 2 小时"),
        (after(days=2, minutes=1), None, "", "剩 2 天"),
        (after(minutes=-6), after(hours=-2), "over", "超 6 分"),
        (after(hours=-15), None, "over", "超 15 小时"),
        (after(seconds=20), None, "soon", "剩 1 分"),
    ],
)
def test_a_clock_is_read(due: dt.datetime, since: dt.datetime | None, tone: str, words: str) -> None:
    reading = wording.read_clock(due, since=since, at=NOW)
    assert reading and (reading.tone, reading.words) == (tone, words)


def test_a_clock_that_stands_or_has_ended() -> None:
    assert wording.read_clock(None, at=NOW) is None
    assert wording.read_clock(after(hours=-1), paused=True, at=NOW).words == "已停表"
    assert wording.read_clock(after(days=3), done=NOW, at=after(days=9)).words == "提前 3 天"
    assert wording.read_clock(NOW, done=after(hours=2), at=after(days=9)).tone == "over"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (after(minutes=40), "今天 9:40"),
        (after(days=-1), "昨天 9:00"),
        (after(days=1, hours=9), "明天 18:00"),
        (after(days=-2, minutes=20), "3月16日 周一 9:20"),
        (after(days=-365), "2025年3月18日 9:00"),
        (dt.datetime(2026, 3, 18, 16, 30, tzinfo=dt.UTC), "明天 0:30"),
    ],
)
def test_moments_are_said_by_the_civil_day_of_china(value: dt.datetime, words: str) -> None:
    assert said.moment(value, at=NOW) == words


@pytest.mark.parametrize(("hour", "words"), [(0, "晚上好"), (5, "上午好"), (12, "下午好"), (18, "晚上好")])
def test_the_greeting_follows_the_hour(hour: int, words: str) -> None:
    at = dt.datetime(2026, 3, 18, hour, tzinfo=CHINA)
    assert greeting(at) == words


def test_days_in_english() -> None:
    with translation.override("en"):
        assert said.day(NOW, at=NOW, weekday=False) == "18 Mar"
        assert said.day(after(days=-365), at=NOW) == "18 Mar 2025"


def test_every_status_of_the_contract_has_icon_and_word() -> None:
    contract = (
        "reported accepted dispatched in_progress answered verified confirmed closed closed_silent "
        "returned deferred rework referred"
    )
    assert set(wording.STATES) == set(contract.split())
    assert all(shown.icon and shown.word for shown in wording.STATES.values())
    assert wording.state_of("verified", mine=True).word == "等您确认"


def test_tags_write_icon_word_and_machine_time() -> None:
    page = Template("{% load gz %}{% state 'closed' %}{{ at|day }}{{ none|day }}").render(Context({"at": NOW}))
    assert "#i-circle-check" in page and "已办结" in page
    assert '<time class="gz-nb" datetime="2026-03-18T01:00+00:00">' in page


def test_a_word_from_outside_is_escaped() -> None:
    page = Template("{% load gz %}{% badge 'now' 'bell' word %}").render(Context({"word": "<b>"}))
    assert "&lt;b&gt;" in page

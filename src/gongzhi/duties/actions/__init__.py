"""The only writes about duties, by story: making, fulfilling, excusing, telling, handing on, the calendar's address."""

from gongzhi.duties.actions.alarming import sound_alarm
from gongzhi.duties.actions.excusing import ask_excuse, decide_excuse
from gongzhi.duties.actions.feeding import renew_feed
from gongzhi.duties.actions.fulfilling import (
    fulfil_duty,
    reopen_duty,
    show_evidence,
    show_one,
    take_back_evidence,
)
from gongzhi.duties.actions.making import make_duties, open_duty

__all__ = [
    "ask_excuse",
    "decide_excuse",
    "fulfil_duty",
    "make_duties",
    "open_duty",
    "renew_feed",
    "reopen_duty",
    "show_evidence",
    "show_one",
    "sound_alarm",
    "take_back_evidence",
]

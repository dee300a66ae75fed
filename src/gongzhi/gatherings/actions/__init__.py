"""The only writes of the room."""

from gongzhi.gatherings.actions.agenda import add_item, add_offers, drop_item
from gongzhi.gatherings.actions.attending import answer_invitation, check_in, invite_body, mark_attendance
from gongzhi.gatherings.actions.bodies import change_body, choose_charter, found_body
from gongzhi.gatherings.actions.calling import call_gathering, call_off, move_gathering, notice_gathering
from gongzhi.gatherings.actions.holding import close_gathering, count_motion, decide_item, open_gathering
from gongzhi.gatherings.actions.repeating import begin_series, call_next, end_series
from gongzhi.gatherings.actions.taking_up import take_up
from gongzhi.gatherings.actions.topics import answer_topic, propose_topic, raise_topic, second_topic

__all__ = [
    "add_item",
    "add_offers",
    "answer_invitation",
    "answer_topic",
    "begin_series",
    "call_gathering",
    "call_next",
    "call_off",
    "change_body",
    "check_in",
    "choose_charter",
    "close_gathering",
    "count_motion",
    "decide_item",
    "drop_item",
    "end_series",
    "found_body",
    "invite_body",
    "mark_attendance",
    "move_gathering",
    "notice_gathering",
    "open_gathering",
    "propose_topic",
    "raise_topic",
    "second_topic",
    "take_up",
]

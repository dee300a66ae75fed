"""The only writes of the room."""

from gongzhi.deliberation.actions.convening import convene_step
from gongzhi.deliberation.actions.ending import adopt_text, settle_effect
from gongzhi.deliberation.actions.inquiring import ask_inquiry
from gongzhi.deliberation.actions.inviting import choose_expert
from gongzhi.deliberation.actions.moving import advance_course, object_to, record_event
from gongzhi.deliberation.actions.opening import open_course
from gongzhi.deliberation.actions.posts import carry_out, drop_plan, plan_begin, plan_end
from gongzhi.deliberation.actions.referring import refer_on, take_up

__all__ = [
    "adopt_text",
    "advance_course",
    "ask_inquiry",
    "carry_out",
    "choose_expert",
    "convene_step",
    "drop_plan",
    "object_to",
    "open_course",
    "plan_begin",
    "plan_end",
    "record_event",
    "refer_on",
    "settle_effect",
    "take_up",
]

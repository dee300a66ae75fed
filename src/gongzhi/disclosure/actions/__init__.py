"""The only writes of the room, by story: posting, naming, moderating, appealing, erasing."""

from gongzhi.disclosure.actions.appealing import appeal, judge
from gongzhi.disclosure.actions.moderating import admit, alert, hide, keep, refuse
from gongzhi.disclosure.actions.naming import agree_name, ask_name, drop_name
from gongzhi.disclosure.actions.posting import post_message, reply, withdraw

__all__ = [
    "admit",
    "agree_name",
    "alert",
    "appeal",
    "ask_name",
    "drop_name",
    "hide",
    "judge",
    "keep",
    "post_message",
    "refuse",
    "reply",
    "withdraw",
]

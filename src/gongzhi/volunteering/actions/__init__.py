"""The only writes of the room."""

from gongzhi.volunteering.actions.joining import join_team, leave, leave_team, name_team, register
from gongzhi.volunteering.actions.recording import (
    confirm,
    decide_back,
    enter_back,
    issue_certificate,
    reverse,
    revoke_certificate,
)
from gongzhi.volunteering.actions.running import call_activity, cancel, finish, sign_up, use_code

__all__ = [
    "call_activity",
    "cancel",
    "confirm",
    "decide_back",
    "enter_back",
    "finish",
    "issue_certificate",
    "join_team",
    "leave",
    "leave_team",
    "name_team",
    "register",
    "reverse",
    "revoke_certificate",
    "sign_up",
    "use_code",
]

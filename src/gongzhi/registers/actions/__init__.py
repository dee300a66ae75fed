"""The only writes of the room, by story."""

from gongzhi.registers.actions.areas import bring_areas, set_areas, undo_areas
from gongzhi.registers.actions.bringing import bring_tenures
from gongzhi.registers.actions.conflicts import decide_conflict, read_conflict
from gongzhi.registers.actions.deciding import approve_tenure, end_tenure, refuse_tenure, remind_expiring
from gongzhi.registers.actions.declaring import declare_tenants, declare_tenure, join_tenants, retract_tenure
from gongzhi.registers.actions.living import choose_representative, move_out, renew_tenure

__all__ = [
    "approve_tenure",
    "bring_areas",
    "bring_tenures",
    "choose_representative",
    "decide_conflict",
    "declare_tenants",
    "declare_tenure",
    "end_tenure",
    "join_tenants",
    "move_out",
    "read_conflict",
    "refuse_tenure",
    "remind_expiring",
    "renew_tenure",
    "retract_tenure",
    "set_areas",
    "undo_areas",
]

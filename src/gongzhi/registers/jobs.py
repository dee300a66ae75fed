"""What registers do without being asked."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.registers.actions.deleting import end_due_scenes, forget_expired


def forget_old_facts(at: dt.datetime) -> int:
    """Facts whose time is over, and scenes whose last day has passed; returns how many facts went."""
    by = system_actor("registers")
    end_due_scenes(by=by, at=at)
    total = 0
    while count := forget_expired(by=by, at=at):
        total += count
    return total

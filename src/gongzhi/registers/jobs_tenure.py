"""Run by the worker: holders hear of a contract that runs out before it does."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.common.errors import NotFound
from gongzhi.registers import actions


def remind_expiring(at: dt.datetime) -> int:
    """Tell holders whose tenure ends soon, each once; returns how many. Nothing where no law pack is loaded."""
    try:
        return actions.remind_expiring(by=system_actor("registers.expiry"), at=at)
    except NotFound:
        return 0

"""Whether somebody may take a step with a gathering now."""

from gongzhi.common.access import Actor, require
from gongzhi.gatherings import queries, rules
from gongzhi.gatherings.models import Gathering


def locked(by: Actor, number: str, move: str) -> Gathering:
    """The gathering, locked, when the actor may hold it and the step may be taken now."""
    row = queries.get_gathering_for(by, number, lock=True)
    require(by, rules.HOLD, path=row.path)
    rules.check_move(move, row.status)
    return row

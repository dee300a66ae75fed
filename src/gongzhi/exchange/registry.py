"""What rooms above tell this one: how many hours of voluntary service somebody has.

@counting_hours
def hours(person_id: uuid.UUID) -> int: ...
"""

import uuid
from collections.abc import Callable

Counting = Callable[[uuid.UUID], int]
_counting: dict[str, Counting] = {}


def counting_hours(function: Counting) -> Counting:
    """The room that keeps records of service answers for all: whole hours, those entered afterwards left out."""
    _counting["all"] = function
    return function


def hours_of(person_id: uuid.UUID) -> int:
    """Without a room that answers, nobody has served."""
    function = _counting.get("all")
    return function(person_id) if function is not None else 0

"""What a step would come to, before it is made: made, looked at, and taken back in the same breath."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from gongzhi.cases.models import Case
from gongzhi.common.access import Actor


def foresee(*, by: Actor, at: dt.datetime, number: str, act: Callable[..., Case], given: dict[str, Any]) -> Case:
    """The case as `act` would leave it; nothing of it stays, no event, no entry, no message.

    Raises what `act` raises: a preview refuses in the words in which the step itself would.
    """
    with transaction.atomic():
        case = act(by=by, at=at, number=number, **given)
        transaction.set_rollback(True)
    return case

"""跟进: a neighbour says before sending that it is the same thing. The report is taken in and joins at once.

Its words, contact and code are its own: a code that opened the first report would open a neighbour's words
(docs/decisions/0011).
"""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.cases.actions.merging import join
from gongzhi.cases.actions.reporting import report_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries.published import listed
from gongzhi.cases.rules.merging import MAIN_STATES
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


@transaction.atomic
def follow_case(*, by: Actor, at: dt.datetime, main: str, **report: Any) -> dict[str, Any]:
    """Report and join `main`, which the public page must list; `report` is what `report_case` takes.

    Returns the public answer of the new number. Raises Refused `cannot_follow` and what `report_case` raises.
    """
    shown = Case.objects.filter(listed(), number=main, status__in=MAIN_STATES).select_for_update(of=("self",))
    found = shown.select_related("key", "unit").first()
    if found is None:
        raise Refused("cannot_follow", N_("那一件已经办完，或不能跟进。请按“不是一件事”照常送出。"), field="follow")
    answer = report_case(by=by, at=at, **report)
    case = Case.objects.select_for_update(of=("self",)).select_related("key").get(number=answer["number"])
    join(case, found, by=by, at=at, facts={"by": "neighbour"})
    return answer

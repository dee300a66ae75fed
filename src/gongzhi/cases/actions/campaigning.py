"""专项整治: cases are counted into a campaign, and somebody else looks again after they were closed."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases import queries
from gongzhi.cases.actions.dispatching import _check_other_person
from gongzhi.cases.actions.moving import begin, finish
from gongzhi.cases.actions.reporting import add_photos
from gongzhi.cases.models import Case
from gongzhi.cases.queries.campaigning import campaign_of, get_campaign, may_join
from gongzhi.cases.rules import campaigning as rules
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload


@transaction.atomic
def join_campaign(*, by: Actor, at: dt.datetime, number: str, code: str) -> Case:
    """Count one case into a campaign. Raises NotFound, Forbidden, Refused, Conflict."""
    campaign = get_campaign(code)
    case = queries.get_case_for(by, number, lock=True)
    require(by, "cases.verify", path=case.path)
    received_on = local_date(case.received_at)
    rules.check_joins(campaign, category=case.category, received_on=received_on, occasion=case.occasion)
    case.occasion = campaign.occasion
    case.save(update_fields=["occasion"])
    changes = {"occasion": ["", campaign.occasion]}
    record(by=by, at=at, action="cases.join_campaign", subject=case.reference, changes=changes)
    return case


@transaction.atomic
def enrol_cases(*, by: Actor, at: dt.datetime, code: str) -> int:
    """摸底: every case of the campaign's kinds in the actor's places, received in its days; how many were added."""
    campaign = get_campaign(code)
    require(by, "cases.verify")
    found = list(may_join(by, campaign).select_for_update(of=("self",)).values_list("pk", flat=True))
    Case.objects.filter(pk__in=found).update(occasion=campaign.occasion)
    changes = {"occasion": [0, len(found)]}
    record(by=by, at=at, action="cases.enrol_campaign", subject=f"campaign:{campaign.code}", changes=changes)
    return len(found)


@transaction.atomic
def recheck_case(
    *, by: Actor, at: dt.datetime, number: str, stands: bool, note: str = "", photos: Sequence[Upload] = ()
) -> Case:
    """复查 by another than who did it: is it still as it was left. What came back is reported anew."""
    case = begin(by=by, number=number, move="recheck")
    campaign = campaign_of(case)
    if campaign is None:
        raise Refused("no_campaign", N_("这件事没有归到专项里，不用复查。"))
    _check_other_person(case, by)
    closed_on = local_date(case.closed_at) if case.closed_at else None
    rules.check_recheck(campaign, closed_on=closed_on, today=local_date(at))
    add_photos(by=by, at=at, case=case, photos=photos, purpose="verify")
    finish(case, by=by, at=at, move="recheck", note=note, facts={"stands": stands, "campaign": campaign.code})
    return case

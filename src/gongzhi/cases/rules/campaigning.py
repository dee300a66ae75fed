"""专项整治: what belongs to a campaign, when somebody else looks again, what counts as come back. Pure."""

import datetime as dt

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.packs.model_campaigns import Campaign

CLOSED = ("confirmed", "closed", "closed_silent")


def check_joins(campaign: Campaign, *, category: str, received_on: dt.date, occasion: str) -> None:
    """Raises Refused `other_category`, `outside_campaign`, Conflict `other_occasion`."""
    if category not in campaign.categories:
        raise Refused("other_category", N_("这件事的类别不在“{title}”里。"), title=campaign.title)
    if not campaign.first_day <= received_on <= campaign.last_day:
        raise Refused("outside_campaign", N_("这件事不是在“{title}”期间收到的。"), title=campaign.title)
    if occasion not in ("", campaign.occasion):
        raise Conflict("other_occasion", N_("这件事已经归到别的清单或专项里了。"))


def recheck_from(campaign: Campaign, closed_on: dt.date) -> dt.date:
    """The first day on which looking again says something."""
    return closed_on + dt.timedelta(days=campaign.recheck_days)


def check_recheck(campaign: Campaign, *, closed_on: dt.date | None, today: dt.date) -> None:
    """Raises Refused `too_early` before the days of the pack are over."""
    if closed_on is None or today < recheck_from(campaign, closed_on):
        raise Refused(
            "too_early", N_("办结满 {days} 天才复查，早了看不出反弹没有。"), days=campaign.recheck_days
        )

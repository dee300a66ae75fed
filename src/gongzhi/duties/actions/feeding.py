"""The secret address of a calendar: a new one when somebody else has seen the old."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.duties.feeds import RENEWED, Feed, feed_of_person
from gongzhi.people.models import Organization
from gongzhi.people.queries import person_of


@transaction.atomic
def renew_feed(*, by: Actor, at: dt.datetime, organization_id: int | None = None) -> None:
    """Make the old address of one's own calendar (or of a body's, for who reads its duties) open nothing any more."""
    if organization_id is None:
        feed = feed_of_person(person_of(by).pk)
    else:
        body = Organization.objects.select_related("place").filter(pk=organization_id).first()
        if body is None or body.place is None:
            raise NotFound("unknown_body", N_("没有这个组织。"))
        require(by, "duties.excuse", path=body.place.path)
        feed = Feed("organization", str(organization_id))
    record(by=by, at=at, action=RENEWED, subject=feed.reference)

"""What this room tells duties: assessments that are to be made anew, what they are called, where they stand."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.duties.registry import Expiry, Shown, evidence, expiring, naming
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.privacy import queries


@expiring("assessment")
def assessments_to_review(first: dt.date, last: dt.date) -> Iterator[Expiry]:
    """Approved assessments of what is in use, by the day of their review; the privacy officer answers for them."""
    rows = [row for row in queries.current().filter(in_use=True) if row.assessment.get("review_on")]
    due = [(row, dt.date.fromisoformat(row.assessment["review_on"])) for row in rows]
    officers = Mandate.objects.filter(in_force(first), post__role="privacy_officer").select_related("post__place")
    officer = officers.order_by("post__place__path", "id").first() if due else None
    for row, on in due:
        if officer is not None and first <= on <= last:
            yield Expiry(row.paper, officer.post.place.path, on, officer.pk)


@evidence("assessment")
def shown_assessment(actor: Actor, identifier: str) -> Shown | None:
    """ "code/version": an approved assessment, for who may read the register."""
    code, _, version = identifier.partition("/")
    if not (actor.paths_for("privacy.read") or actor.paths_for("privacy.manage")):
        return None
    rows = queries.versions_of(code).filter(assessment__has_key="approved_on")
    found = (rows.filter(version=int(version)) if version.isdigit() else rows).first()
    return Shown(found.title, reverse("privacy-activity", args=[code])) if found else None


@naming("assessment")
def called(codes: Iterable[str]) -> dict[str, str]:
    """The title of the activity that was assessed."""
    return dict(queries.current().filter(code__in=list(codes)).values_list("code", "title"))

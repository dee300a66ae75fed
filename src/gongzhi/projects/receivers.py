"""Who hears of a project: whoever reported what it came from, of each turn that decides something, with its reason;
whoever offered to do it, of the choice."""

from gongzhi.cases.models import Case
from gongzhi.cases.queries.seeing import reporters_of
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.projects.chain import cases_behind
from gongzhi.projects.models import Project
from gongzhi.projects.queries.bidding import bids_of

_TOLD = {"approve": "approved", "finish": "acceptance", "close": "closed", "reject": "rejected"}


@receive("project.moved")
def tell_reporters(event: Event) -> None:
    what = _TOLD.get(event.payload["verb"])
    row = Project.objects.filter(number=event.payload["number"]).select_related("problem").first()
    if what is None or row is None:
        return
    reason = row.events.filter(kind="reject").values_list("note", flat=True).last() if what == "rejected" else ""
    told = set()
    for case in Case.objects.filter(number__in=cases_behind(row)):
        for reporter in reporters_of(case):
            if reporter.person_id is None or reporter.person_id in told:
                continue
            told.add(reporter.person_id)
            notify_person(
                by=system_actor("projects"),
                at=event.now,
                person_id=reporter.person_id,
                kind="project",
                params={"number": row.number, "title": row.title, "what": what, "reason": reason or ""},
                subject=row.reference,
                dedupe_key=f"{row.number}-{what}-{row.round}",
            )


@receive("project.chosen")
def tell_bidders(event: Event) -> None:
    """Whoever holds a post in a body that offered: chosen or not, and where the points of all stand."""
    row = Project.objects.filter(number=event.payload["number"]).first()
    if row is None:
        return
    told = set()
    for bid in bids_of(row):
        what = "chosen" if bid.chosen_at else "not_chosen"
        held = Mandate.objects.filter(in_force(local_date(event.now)), post__organization=bid.body)
        for person in held.values_list("person", flat=True).distinct():
            if person in told:
                continue
            told.add(person)
            notify_person(
                by=system_actor("projects"),
                at=event.now,
                person_id=person,
                kind="project",
                params={"number": row.number, "title": row.title, "what": what, "reason": ""},
                subject=row.reference,
                dedupe_key=f"{row.number}-{what}-{bid.position}",
            )

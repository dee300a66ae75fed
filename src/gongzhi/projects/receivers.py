"""Who hears of a project: whoever reported what it came from, of each turn that decides something, with its reason."""

from gongzhi.cases.models import Case
from gongzhi.cases.queries.seeing import reporters_of
from gongzhi.common.access import system_actor
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.projects.chain import cases_behind
from gongzhi.projects.models import Project

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

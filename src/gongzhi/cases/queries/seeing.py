"""Who may see which case. `visible_to` is the only way to a list, `get_case_for` the only way to a row."""

import hmac
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.cases.models import OPEN, Case, Reporter, WorkOrder
from gongzhi.cases.queries.routing import parent_bodies, units
from gongzhi.cases.rules.privacy import PRIVATE, bodies_above, states_behind
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.ids import readable_code
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people import vault

# Orders beside the lead's whose units see the case; a call-back's unit is told what to ask, no more.
HELPING = (WorkOrder.Role.CO, WorkOrder.Role.WHISTLE, WorkOrder.Role.PARTNER)
OFFERED = Q(routing__contains={"offered": True}, status__in=OPEN)


def partners(unit_ids: Iterable[int]) -> list[int]:
    """Those of the units that may claim what is offered to partners (共建单位)."""
    wanted = set(unit_ids)
    kinds = packs.active_model().joint.partner_kinds if wanted else ()
    return [unit.id for unit in units() if unit.id in wanted and unit.kind in kinds]


def track_code_for(number: str) -> str:
    """The code that opens a case's public progress: derived, never stored."""
    return readable_code(vault.keyring().derive("track-code"), number)


def with_track_code(answer: dict[str, Any]) -> dict[str, Any]:
    """The public answer with its code, in the contract's order: a replay is the same to the byte."""
    rest = {name: answer[name] for name in ("status", "category", "unit", "due_at")}
    return {"number": answer["number"], "track_code": track_code_for(answer["number"]), **rest}


def code_opens(number: str, track_code: str) -> bool:
    given = track_code.strip().upper()
    return bool(given) and hmac.compare_digest(track_code_for(number).encode(), given.encode())


def is_reporter(by: Actor, case: Case, track_code: str = "") -> bool:
    """Whether the actor raised the case, or holds its code."""
    if code_opens(case.number, track_code):
        return True
    if by.person_id is None:
        return False
    own = Q(person_id=by.person_id)
    if case.status in OPEN:
        own |= Q(helper_id=by.person_id)
    return Reporter.objects.filter(own, case=case).exists()


def helps_by_mandate(by: Actor, case: Case) -> bool:
    """Whether the actor took the case in for somebody else as staff: such a one does not speak for that person."""
    if by.person_id is None or not allows(by, "cases.report_for", path=case.path):
        return False
    return Reporter.objects.filter(helper_id=by.person_id, case=case).exists()


def letter_channels() -> list[str]:
    """Channels of letters to a role (书记信箱, a request to the privacy officer)."""
    return [channel.code for channel in packs.active_model().channels if channel.kind == "letter"]


def letters_read_by(actor: Actor) -> list[tuple[str, list[str]]]:
    """(path, channels) of the letters that each mandate opens: those written to its own role, nobody else's."""
    ways = [channel for channel in packs.active_model().channels if channel.kind == "letter"]
    held = [scope for scope in actor.scopes if "cases.reply_letter" in scope.permissions]
    return [(scope.path, [way.code for way in ways if way.to_role == scope.role]) for scope in held]


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Cases inside the actor's places, of the actor's units, or raised by the actor; helped ones until they end.

    Confidential ones are shown to the handling unit and the reporter; who dispatches there sees that they are there
    and where they go, without their words (`may_read_words`). A letter is seen by whom it is written to, and the
    writer.
    """
    cases = Case.objects.all()
    if actor.kind == "system":
        return cases
    reach = Q(pk__in=[])
    for path in actor.paths_for("cases.read"):
        reach |= Q(path__startswith=path) & ~Q(privacy__in=PRIVATE)
    letters = letter_channels()
    for path in actor.paths_for("cases.dispatch"):
        reach |= Q(path__startswith=path) & ~Q(channel__in=letters)
    for path, written_to in letters_read_by(actor):
        reach |= Q(path__startswith=path, channel__in=written_to)
    units = actor.organizations_for("cases.read_assigned") + actor.organizations_for("cases.handle")
    if units:
        reach |= Q(unit_id__in=units) & ~Q(status__in=["reported", "accepted"])
        reach |= _beside_the_lead(units)
    reach &= ~kept_from(actor)
    if actor.person_id:
        mine = Reporter.objects.filter(case=OuterRef("pk"))
        reach |= Q(Exists(mine.filter(person_id=actor.person_id)))
        reach |= Q(Exists(mine.filter(helper_id=actor.person_id))) & Q(status__in=OPEN)
    return cases.filter(reach)


def kept_from(actor: Actor) -> Q:
    """Protected reports about a body of the actor's, or about one above it: not even that there is one."""
    return Q(privacy="protected", about_unit_id__isnull=False, about_unit_id__in=bodies_of(actor))


def bodies_of(actor: Actor) -> list[int]:
    """The bodies in which the actor holds a post, and all above them; no statement for who holds none."""
    own = {scope.organization_id for scope in actor.scopes if scope.organization_id is not None}
    return sorted(bodies_above(own, parent_bodies())) if own else []


def works_on(actor: Actor, case: Case) -> bool:
    """Whether the actor is of the side that did the work: ratings and their hour are not for such a reader."""
    units = actor.organizations_for("cases.read_assigned") + actor.organizations_for("cases.handle")
    if not units:
        return False
    return case.unit_id in units or case.first_unit_id in units or not allows(actor, "cases.read", path=case.path)


def with_status(actor: Actor, cases: QuerySet[Case], wanted: Iterable[str]) -> QuerySet[Case]:
    """Cases in these states, as the actor is shown them: who works on a case does not see what was said of it."""
    statuses, units = list(wanted), actor.organizations_for("cases.read_assigned")
    units += actor.organizations_for("cases.handle")
    if not units:
        return cases.filter(status__in=statuses)
    own = Q(unit_id__in=units) | Q(first_unit_id__in=units)
    reach = Q(pk__in=[])
    for path in actor.paths_for("cases.read"):
        reach |= Q(path__startswith=path)
    shown = Q(status__in=states_behind(statuses))
    return cases.filter(shown & (own | ~reach) | Q(status__in=statuses) & ~own & reach)


def _beside_the_lead(units: tuple[int, ...]) -> Q:
    """What the units help with, what they received first and answer for to its end, what partners may claim."""
    asked = WorkOrder.objects.filter(unit_id__in=units, role__in=HELPING, ended_at__isnull=True)
    reach = Q(pk__in=asked.values("case_id"))
    reach |= Q(first_unit_id__in=units, status__in=OPEN) & ~Q(privacy__in=PRIVATE)
    if partners(units):
        reach |= OFFERED
    return reach


def get_case_for(by: Actor, number: str, *, track_code: str = "", lock: bool = False) -> Case:
    """The case, or NotFound: no such number and none that this actor may know of are the same answer."""
    cases = Case.objects.filter(number=number)
    if not code_opens(number, track_code):
        cases = visible_to(by).filter(number=number)
    if lock:
        cases = cases.select_for_update(of=("self",))
    case = cases.select_related("key", "unit", "place", "grid", "main__unit", "main__key").first()
    if case is None:
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    return case


def reporters_of(case: Case) -> QuerySet[Reporter]:
    """Everyone who raised it: its own reporters and those of the cases merged into it (并案)."""
    raised = Q(case=case) | Q(case__main=case)
    return Reporter.objects.filter(raised).select_related("case__key").order_by("id")


def mine(actor: Actor) -> QuerySet[Case]:
    """What the actor raised, and what the actor helped to raise until it ends, newest first."""
    if actor.person_id is None:
        return Case.objects.none()
    own = Q(reporters__person_id=actor.person_id) | Q(reporters__helper_id=actor.person_id, status__in=OPEN)
    return Case.objects.filter(own).distinct().order_by("-id")

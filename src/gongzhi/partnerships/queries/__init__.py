"""Reads: kinds in force, which agreements somebody may see, pages of them, what is late, what a place has together."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.packs import kinds
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.partnerships import rules
from gongzhi.partnerships.models import LIVE, Agreement, AgreementLine, LineEvent, Party
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.people.rules import ROLE_PERMISSIONS

PAGE, MOST_ROWS = 50, 5_000
_SEEN_BY = (rules.READ, rules.KEEP)
_SERVING = tuple(sorted(role for role, given in ROLE_PERMISSIONS.items() if rules.SERVE in given))


# --- kinds --------------------------------------------------------------------------------------------------------


def kinds_in_force(on: dt.date) -> dict[str, tuple[AgreementPack, str]]:
    """Every kind that may be drafted on a day, with the reference of its version; by name."""
    return kinds.kinds_in_force("agreement", AgreementPack, on)


def kind_of(agreement: Agreement) -> AgreementPack:
    """The kind as it was when the agreement was drafted."""
    return kinds.kind_by_reference(agreement.pack, AgreementPack)


# --- who sees what ------------------------------------------------------------------------------------------------


def visible(actor: Actor) -> QuerySet[Agreement]:
    """Those of the actor's places, and those in which a body stands that the actor works for."""
    rows = Agreement.objects.select_related("place")
    if actor.kind == "system":
        return rows
    reach = Q(pk__in=[])
    for path in {path for permission in _SEEN_BY for path in actor.paths_for(permission)}:
        reach |= Q(path__startswith=path)
    if bodies := actor.organizations_for(rules.SERVE):
        own = Party.objects.filter(organization__in=bodies).values("agreement")
        reach |= Q(pk__in=own)
    return rows.filter(reach)


def get_for(actor: Actor, number: str, *, lock: bool = False) -> Agreement:
    """Raises NotFound `agreement_not_found`."""
    rows = visible(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise NotFound("agreement_not_found", N_("没有这份协议，或者它不给您看。请核对编号。"))
    return found


def get_line_for(actor: Actor, number: str, position: int) -> AgreementLine:
    """Raises NotFound `agreement_not_found`, `line_not_found`."""
    agreement = get_for(actor, number)
    rows = AgreementLine.objects.select_related("owner__organization", "agreement__key")
    found = rows.filter(agreement=agreement, position=position).first()
    if found is None:
        raise NotFound("line_not_found", N_("这份协议没有这一条。请回到协议看看。"))
    return found


def may_keep(actor: Actor, agreement: Agreement) -> bool:
    return allows(actor, rules.KEEP, path=agreement.path)


def body_acting(actor: Actor, line: AgreementLine) -> Organization | None:
    """The body for which the actor may record on a line: its owner, a partner; the keeper records for the owner."""
    if may_keep(actor, line.agreement):
        return line.owner.organization
    bodies = actor.organizations_for(rules.SERVE)
    if line.owner.organization_id in bodies:
        return line.owner.organization
    helping = line.partners.select_related("organization").filter(organization__in=bodies).first()
    return helping.organization if helping else None


# --- lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to."""

    kind: str = ""
    state: str = ""
    place: str = ""
    text: str = ""
    late: bool = False
    ending: bool = False


def filtered(actor: Actor, given: Filters, today: dt.date) -> QuerySet[Agreement]:
    rows = visible(actor)
    rows = rows.filter(kind=given.kind) if given.kind else rows
    rows = rows.filter(state=given.state) if given.state else rows
    rows = rows.filter(place__code=given.place) if given.place else rows
    if given.text:
        named = Party.objects.filter(organization__name__icontains=given.text).values("agreement")
        rows = rows.filter(Q(title__icontains=given.text) | Q(number=given.text.upper()) | Q(pk__in=named))
    if given.late:
        rows = rows.filter(state__in=LIVE, pk__in=late_lines(today).values("agreement"))
    if given.ending:
        rows = rows.filter(state__in=LIVE, ends_on__lte=today + dt.timedelta(days=rules.SOON))
    return rows


def late_lines(today: dt.date) -> QuerySet[AgreementLine]:
    return AgreementLine.objects.filter(progress__lt=100, due_on__lt=today, agreement__state__in=LIVE)


def listed(actor: Actor, given: Filters, today: dt.date, *, cursor: str = "", limit: int = PAGE) -> Page[Agreement]:
    """The newest first, with who stands in each, how many lines are done and late: four statements."""
    rows = filtered(actor, given, today)
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        rows = rows.filter(pk__lt=last if isinstance(last, int) else 0)
    rows = rows.order_by("-pk").prefetch_related("parties__organization")
    page = page_of(rows[: limit + 1], limit, lambda row: (row.pk,))
    counted = _lines_counted([one.pk for one in page.items], today)
    for one in page.items:
        one.counted = counted.get(one.pk, {"lines": 0, "done": 0, "late": 0})  # type: ignore[attr-defined]  # for the list
    return page


def _lines_counted(keys: list[int], today: dt.date) -> dict[int, dict[str, Any]]:
    late = Q(progress__lt=100, due_on__lt=today, agreement__state__in=LIVE)
    rows = AgreementLine.objects.filter(agreement__in=keys).values("agreement")
    rows = rows.annotate(lines=Count("pk"), done=Count("pk", filter=Q(progress=100)), late=Count("pk", filter=late))
    return {row["agreement"]: {name: row[name] for name in ("lines", "done", "late")} for row in rows}


def open_lines(actor: Actor, path: str, organization: int, most: int = 200) -> list[AgreementLine]:
    """Lines of running agreements that are not done, at a place or of a body; what is due first stands first."""
    stands = Party.objects.filter(organization=organization).values("agreement")
    near = visible(actor).filter(Q(path__startswith=path) | Q(pk__in=stands), state="running")
    rows = AgreementLine.objects.filter(agreement__in=near, progress__lt=100).select_related("agreement")
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:most])


def lines_of(agreement: Agreement) -> list[AgreementLine]:
    rows = agreement.lines.select_related("owner__organization").prefetch_related("partners__organization")
    return list(rows.order_by("position"))


def events_of(agreement: Agreement, most: int = 200) -> list[LineEvent]:
    rows = LineEvent.objects.filter(Q(line__agreement=agreement) | Q(asset__agreement=agreement))
    return list(rows.select_related("organization").order_by("-on", "-id")[:most])


def used_last(agreement: Agreement) -> dict[int, dt.date]:
    """On which day each asset was used last; by its key."""
    rows = LineEvent.objects.filter(asset__agreement=agreement).values_list("asset").annotate(last=Max("on"))
    return dict(rows)


# --- who signs, who is told ---------------------------------------------------------------------------------------


def people_of(bodies: Iterable[int], on: dt.date) -> dict[int, list[Mandate]]:
    """Who works for each body in a post that serves agreements, on a day; by body."""
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), person__kind="person")
    rows = rows.filter(post__organization__in=list(bodies), post__role__in=_SERVING).select_related("post")
    found: dict[int, list[Mandate]] = {}
    for one in rows.order_by("pk"):
        found.setdefault(one.post.organization_id or 0, []).append(one)
    return found


def keeper_near(path: str, on: dt.date) -> Mandate | None:
    """The secretary nearest the place, who answers for its agreements."""
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__role="secretary", person__kind="person")
    near = [one for one in rows.select_related("post__place") if path.startswith(one.post.place.path)]
    return max(near, key=lambda one: (len(one.post.place.path), -one.pk), default=None)

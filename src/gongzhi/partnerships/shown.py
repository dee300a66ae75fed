"""Agreements as pages, links and duties show them (duties.registry); when they and their lines run out."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.text import N_
from gongzhi.duties.registry import Expiry, Shown, evidence, expiring, naming
from gongzhi.gatherings.registry import Offered, offering
from gongzhi.partnerships import queries
from gongzhi.partnerships.models import LIVE, Agreement, AgreementLine

# state: (tone, icon)
TONES = {
    "draft": ("wait", "pencil"),
    "signed": ("now", "clock"),
    "running": ("done", "circle-check"),
    "renewed": ("", "refresh"),
    "ended": ("", "x"),
    "expired": ("over", "alert-triangle"),
}
LINE_WORDS = {
    "done": ("done", "circle-check", N_("做完了")),
    "late": ("over", "alarm", N_("过期没做完")),
    "soon": ("soon", "clock", N_("快到期")),
    "open": ("now", "list-check", N_("在做")),
}
OUTCOME_TONES = {"met": "done", "partly": "soon", "unmet": "over"}


def area(amount: Decimal) -> str:
    """2,515.74 ㎡: both decimals, always."""
    return _("{area} ㎡").format(area=f"{amount:,.2f}")


@evidence("agreement")
def shown_agreement(actor: Actor, number: str) -> Shown | None:
    found = queries.visible(actor).filter(number=number).first()
    return Shown(f"{number} {found.title}", reverse("agreement", args=[number])) if found else None


@evidence("agreement_line")
def shown_line(actor: Actor, identifier: str) -> Shown | None:
    if not identifier.isdigit():
        return None
    found = AgreementLine.objects.filter(pk=int(identifier), agreement__in=queries.visible(actor))
    line = found.select_related("agreement").first()
    return Shown(line.what, reverse("agreement-line", args=[line.agreement.number, line.position])) if line else None


@naming("agreement")
def called_agreements(numbers: Iterable[str]) -> dict[str, str]:
    rows = Agreement.objects.filter(number__in=list(numbers)).values_list("number", "title")
    return {number: f"{number} {title}" for number, title in rows}


@naming("agreement_line")
def called_lines(identifiers: Iterable[str]) -> dict[str, str]:
    keys = [int(one) for one in identifiers if one.isdigit()]
    rows = AgreementLine.objects.filter(pk__in=keys).values_list("pk", "agreement__title", "what")
    return {str(key): f"{title}：{what}" for key, title, what in rows}


@expiring("agreement")
def agreements_ending(first: dt.date, last: dt.date) -> Iterable[Expiry]:
    """Signed and running ones whose last day is near; whoever answers for the place does it."""
    rows = Agreement.objects.filter(state__in=LIVE, ends_on__range=(first, last)).order_by("pk")
    for row in rows:
        if row.ends_on is not None:
            yield Expiry(row.reference, row.path, row.ends_on, _keeper(row.path, first))


@expiring("agreement_line")
def lines_ending(first: dt.date, last: dt.date) -> Iterable[Expiry]:
    """Lines that are not done; whoever works for their owner does it, else whoever answers for the place."""
    rows = AgreementLine.objects.filter(agreement__state__in=LIVE, progress__lt=100, due_on__range=(first, last))
    lines = list(rows.select_related("agreement", "owner").order_by("pk"))
    staff = queries.people_of({one.owner.organization_id for one in lines}, first)
    for one in lines:
        own = staff.get(one.owner.organization_id, [])
        holder = own[0].pk if own else _keeper(one.agreement.path, first)
        if one.due_on is not None:
            yield Expiry(one.reference, one.agreement.path, one.due_on, holder)


@offering("agreements")
def open_lines(actor: Actor, path: str, organization: int) -> Iterable[Offered]:
    """For a joint meeting: lines not done at its place or of its body, those due first before all others."""
    rows = queries.open_lines(actor, path, organization)
    return [Offered(f"{one.agreement.title}：{one.what}", one.reference) for one in rows]


def _keeper(path: str, on: dt.date) -> int | None:
    found = queries.keeper_near(path, on)
    return found.pk if found else None

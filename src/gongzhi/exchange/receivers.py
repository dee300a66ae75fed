"""Who hears what became of a claim or a wish: whoever took it, whoever gives it; in words without a name."""

import uuid
from collections.abc import Iterable

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.exchange import rules
from gongzhi.exchange.models import Claim, Need, Offer
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.people.models import Mandate
from gongzhi.people.queries import holders_of, in_force
from gongzhi.people.rules import ROLE_PERMISSIONS

_SERVING = tuple(sorted(role for role, given in ROLE_PERMISSIONS.items() if rules.SERVE in given))
_KEEPING = tuple(sorted(role for role, given in ROLE_PERMISSIONS.items() if rules.KEEP in given))
# What the other side did; the clock's steps are told to whoever took it.
_TO_TAKER = frozenset(
    {"approve", "refuse", "supplement", "promote", "ask", "recall", "miss", "deliver", "excuse", "keep", "lapse"}
)
_TO_GIVER = frozenset({"supply", "book", "cancel", "dispute", "appeal", "confirm"})


@receive("claim.moved")
def tell_of_claim(event: Event) -> None:
    """A booking that needs no answer is not told to its provider: the desk shows the day."""
    claim = Claim.objects.select_related("offer", "need").filter(number=event.payload["number"]).first()
    if claim is None:
        return
    step, state = event.payload["step"], event.payload["state"]
    title = claim.offer.title if claim.offer else claim.need.title if claim.need else ""
    params = {"number": claim.number, "title": title, "step": step}
    if step in _TO_TAKER:
        _tell([claim.person_id], "claim", params, claim.reference, event)
    if step in _TO_GIVER and not (step == "book" and state != "asked"):
        _tell(_givers(claim, event), "claim", {**params, "giving": True}, claim.reference, event)


def _givers(claim: Claim, event: Event) -> list[uuid.UUID]:
    if claim.need is not None:
        return [one for one in (claim.need.person_id, claim.need.helper_id) if one is not None]
    offer = claim.offer
    assert offer is not None  # noqa: S101 - the database holds that it is of one
    return [offer.person_id] if offer.person_id else _staff_of(offer, event)


def _staff_of(offer: Offer, event: Event) -> list[uuid.UUID]:
    """Who works for the body in a post that serves; nobody there: whoever keeps its place."""
    day = local_date(event.now)
    rows = Mandate.objects.filter(in_force(day), in_force(day, "post__"), person__kind="person")
    own = rows.filter(post__organization=offer.organization_id, post__role__in=_SERVING)
    return list(dict.fromkeys(own.values_list("person_id", flat=True))) or holders_of(_KEEPING, offer.path, day)


@receive("need.moved")
def tell_of_need(event: Event) -> None:
    """The office hears of a new wish, whoever asked hears what became of it."""
    need = Need.objects.filter(number=event.payload["number"]).first()
    if need is None:
        return
    step = event.payload["step"]
    params = {"number": need.number, "title": need.title, "step": step, "reason": need.reason}
    if step == "asked":
        _tell(holders_of(_KEEPING, need.path, local_date(event.now)), "need", params, need.reference, event)
    elif step in ("publish", "refuse", "free", "lapse"):
        asking = [one for one in (need.person_id, need.helper_id) if one is not None]
        _tell(asking, "need", params, need.reference, event)


def _tell(
    people: Iterable[uuid.UUID], kind: str, params: dict[str, object], subject: str, event: Event
) -> None:
    for person_id in sorted(people):
        notify_person(
            by=system_actor("exchange"),
            at=event.now,
            person_id=person_id,
            kind=kind,
            params=params,
            subject=subject,
            dedupe_key=f"{event.id}",
        )

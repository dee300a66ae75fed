"""What this room answers itself: files on duties, texts as evidence, mandates that run out."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.documents.models import Instrument
from gongzhi.documents.queries import get_media_for
from gongzhi.duties.models import Duty
from gongzhi.duties.queries import may_decide, may_fulfil, visible_to
from gongzhi.duties.registry import Expiry, Shown, evidence, expiring
from gongzhi.duties.subjects import mandates_ending
from gongzhi.people.models import Mandate


def _duty(actor: Actor, identifier: str) -> Duty | None:
    try:
        return visible_to(actor).filter(pk=uuid.UUID(identifier)).first()
    except ValueError:
        return None


def may_see_media(actor: Actor, identifier: str) -> bool:
    """Files on a duty are seen by who sees the duty."""
    return _duty(actor, identifier) is not None


def may_change_media(actor: Actor, identifier: str) -> bool:
    """They are covered by who does the duty or judges it."""
    duty = _duty(actor, identifier)
    return duty is not None and (may_fulfil(actor, duty) or may_decide(actor, duty))


@evidence("media")
def shown_media(actor: Actor, identifier: str) -> Shown | None:
    try:
        media = get_media_for(actor, uuid.UUID(identifier))
    except (ValueError, NotFound):
        return None
    return Shown("", reverse("media", args=[media.pk]))


@evidence("instrument")
def shown_instrument(actor: Actor, identifier: str) -> Shown | None:
    """An adopted text, "code" or "code/version": everybody reads it."""
    code, _, version = identifier.partition("/")
    adopted = Instrument.objects.filter(code=code, adopted_at__isnull=False)
    adopted = adopted.filter(version=version) if version.isdigit() else adopted
    found = adopted.order_by("version").last()
    return Shown(found.title, reverse("instrument", args=[code])) if found else None


@expiring("mandate")
def mandates_running_out(first: dt.date, last: dt.date) -> Iterator[Expiry]:
    """Posts with an end in sight; whoever holds them answers for the handover."""
    rows = Mandate.objects.filter(mandates_ending(first, last)).select_related("post__place")
    for mandate in rows.order_by("id"):
        assert mandate.valid_to is not None  # noqa: S101 - the filter says so
        yield Expiry(f"mandate:{mandate.pk}", mandate.post.place.path, mandate.valid_to, mandate.pk)

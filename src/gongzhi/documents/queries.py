"""Reads: what belongs to a subject, and the bytes of one medium for somebody who may see it."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from gongzhi.audit.actions import log_access
from gongzhi.audit.models import Link
from gongzhi.common.access import Actor
from gongzhi.common.errors import Forbidden, NotFound
from gongzhi.common.sealing import Unreadable
from gongzhi.common.text import N_
from gongzhi.documents import files, registry
from gongzhi.documents.models import Evidence, Media, MediaKind
from gongzhi.people import vault

REDACTED = "redacted_as"
TAKEN_OFF = "taken_off"  # photo → a subject that shows it no more
UNCOVERED = "uncovered"  # photo → a covered copy that was withdrawn


def evidence_of(subjects: Iterable[str]) -> QuerySet[Evidence]:
    """Everything attached to the subjects, oldest first. The caller has checked who may see the subject."""
    return Evidence.objects.filter(subject__in=list(subjects)).select_related("media").order_by("id")


def taken_off(subject: str) -> set[str]:
    """The media that a subject shows no more, "media:UUID"."""
    return set(Link.objects.filter(target=subject, relation=TAKEN_OFF).values_list("source", flat=True))


def count_evidence(subject: str, purpose: str) -> int:
    return Evidence.objects.filter(subject=subject, purpose=purpose).count()


def get_media_for(actor: Actor, media_id: uuid.UUID, *, passed: bool = False) -> Media:
    """One medium: `passed` when the address carried a valid pass, else by the subjects it belongs to.

    Raises NotFound `media_not_found`, the same for one that does not exist, may not be seen or was erased.
    """
    media = Media.objects.select_related("key").filter(pk=media_id, erased_at__isnull=True).first()
    if media is None or not (passed or _seen_by(actor, media)):
        raise _not_found()
    return media


def shown_form(media: Media) -> Media:
    """What anybody is shown of a medium: its newest covered copy, else itself."""
    target = newest_cover(media)
    if target is None:
        return media
    return Media.objects.select_related("key").get(pk=target.removeprefix("media:"))


def newest_cover(media: Media) -> str | None:
    """The covered copy that is shown, "media:UUID"; None where nothing covers the photo (any more)."""
    links = Link.objects.filter(source=str(media), relation__in=(REDACTED, UNCOVERED)).order_by("id")
    covers: list[str] = []
    for relation, target in links.values_list("relation", "target"):
        if relation == REDACTED:
            covers.append(target)
        else:
            covers.remove(target)
    return covers[-1] if covers else None


def _seen_by(actor: Actor, media: Media) -> bool:
    taken = set(Link.objects.filter(source=str(media), relation=TAKEN_OFF).values_list("target", flat=True))
    subjects = set(media.evidence.values_list("subject", flat=True)) - taken
    return any(registry.may_see(actor, subject) for subject in subjects)


def open_media(media: Media, *, by: Actor, at: dt.datetime, purpose: str, thumbnail: bool = False) -> bytes:
    """The stored bytes, opened; who read them is logged. Raises NotFound when the key was destroyed.

    A file that is missing although its row and key are there is an error of the disk and raised as such.
    """
    shown = shown_form(media) if media.kind == MediaKind.IMAGE else media
    path = shown.thumbnail_path if thumbnail else shown.path
    try:
        content = files.read_sealed(path, vault.open_key(media.key))
    except Unreadable as error:
        if media.key.destroyed_at is None:
            raise
        raise _not_found() from error
    fields = "thumbnail" if thumbnail else media.kind
    log_access(by=by, at=at, subjects=[str(media)], fields=fields, purpose=purpose)
    return content


def _not_found() -> NotFound:
    return NotFound("media_not_found", N_("没有这张照片，或者它不给您看。"))


def check_editor(actor: Actor, media: Media) -> None:
    """Raises NotFound for what is no photo, Forbidden `not_your_photo` unless a room lets the actor cover it."""
    if media.kind != MediaKind.IMAGE:
        raise _not_found()
    subjects = media.evidence.values_list("subject", flat=True).distinct()
    if not any(registry.may_change(actor, subject) for subject in subjects):
        raise Forbidden("not_your_photo", N_("照片由办这件事、核查或分拨的人来遮。"))

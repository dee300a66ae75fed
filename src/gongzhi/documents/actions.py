"""The only writes: storing photos, sounds and papers, attaching and erasing them; drafting and adopting texts."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.documents import attachments, files, photos, queries, rules, sounds
from gongzhi.documents.clauses import clauses_of, unknown_names
from gongzhi.documents.models import Evidence, EvidencePurpose, Instrument, InstrumentKind, Media, MediaKind
from gongzhi.packs import queries as packs
from gongzhi.people import vault
from gongzhi.people.models import VaultKey
from gongzhi.places.models import Place

ORPHAN_AGE = dt.timedelta(days=1)  # a file lies without its row until the transaction of its act commits


class Upload(Protocol):
    """What Django hands over for an uploaded file; an open binary file will do."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, /) -> Any: ...


def store_photo(*, by: Actor, at: dt.datetime, key: VaultKey, upload: Upload) -> Media:
    """Clean, seal under `key`, and store a photo with its thumbnail; the row is written in the caller's transaction.

    Name and declared type are not looked at. Call it before a transaction gets long: decoding takes 0.1 to 0.5 s.
    Raises Refused (see photos.clean_photo), NoSpace `disk_full`, sealing.Unreadable for a destroyed key.
    """
    upload.seek(0)  # whoever compared the request with an earlier one has read it already
    content = upload.read(rules.MAX_BYTES + 1)
    photo = photos.clean_photo(content, at=at)
    plain_key = vault.open_key(key)
    media = Media(key=key, kind=MediaKind.IMAGE, mime="image/jpeg", created_at=at, taken_at=photo.taken_at)
    media.size, media.width, media.height = len(photo.jpeg), photo.width, photo.height
    media.longitude, media.latitude = photo.place or (None, None)
    media.path = files.path_of(media.pk)
    media.original_sha256 = hashlib.sha256(content).digest()
    try:
        sealed = files.write_sealed(media.path, plain_key, photo.jpeg)
        files.write_sealed(media.thumbnail_path, plain_key, photo.thumbnail)
        media.sha256 = hashlib.sha256(sealed).digest()
        media.save(force_insert=True)
    except BaseException:
        _remove_files(media.path, media.thumbnail_path)
        raise
    return media


def store_sound(*, by: Actor, at: dt.datetime, key: VaultKey, upload: Upload) -> Media:
    """Clean, seal under `key`, and store a voice note; name and declared type are not looked at.

    Raises Refused (see sounds.clean_sound), NoSpace `disk_full`, sealing.Unreadable for a destroyed key.
    """
    upload.seek(0)
    content = upload.read(sounds.MAX_BYTES + 1)
    sound = sounds.clean_sound(content)
    media = Media(key=key, kind=MediaKind.AUDIO, mime=sound.mime, created_at=at, size=len(sound.content))
    media.path = files.path_of(media.pk)
    media.original_sha256 = hashlib.sha256(content).digest()
    try:
        sealed = files.write_sealed(media.path, vault.open_key(key), sound.content)
        media.sha256 = hashlib.sha256(sealed).digest()
        media.save(force_insert=True)
    except BaseException:
        _remove_files(media.path)
        raise
    return media


def store_file(*, by: Actor, at: dt.datetime, key: VaultKey, upload: Upload) -> Media:
    """Seal a PDF, Word or Excel file under `key` as it came; name and declared type are not looked at.

    Raises Refused (see attachments.mime_of), NoSpace `disk_full`, sealing.Unreadable for a destroyed key.
    """
    upload.seek(0)
    content = upload.read(attachments.MAX_BYTES + 1)
    mime = attachments.mime_of(content)
    media = Media(key=key, kind=MediaKind.FILE, mime=mime[:80], created_at=at, size=len(content))
    media.path = files.path_of(media.pk)
    media.original_sha256 = hashlib.sha256(content).digest()
    try:
        sealed = files.write_sealed(media.path, vault.open_key(key), content)
        media.sha256 = hashlib.sha256(sealed).digest()
        media.save(force_insert=True)
    except BaseException:
        _remove_files(media.path)
        raise
    return media


def store_upload(*, by: Actor, at: dt.datetime, key: VaultKey, upload: Upload) -> Media:
    """A photo as a photo, anything else as a file: by the first bytes, never by the name."""
    upload.seek(0)
    head = upload.read(8)
    paper = head.startswith((b"%PDF-", b"PK\x03\x04")) or not head
    store = store_file if paper else store_photo
    return store(by=by, at=at, key=key, upload=upload)


@transaction.atomic
def attach_evidence(*, by: Actor, at: dt.datetime, media: Media, subject: str, purpose: str) -> Evidence:
    """Attach a medium to a subject ("case:GZ-…"); the room that owns the subject has checked permission."""
    row = Evidence(media=media, subject=subject, added_by=by.reference, added_at=at)
    row.purpose = EvidencePurpose(purpose)
    row.save(force_insert=True)
    changes = {"media": [None, str(media.pk)], "purpose": [None, purpose]}
    record(by=by, at=at, action="documents.attach_evidence", subject=subject, changes=changes)
    return row


@transaction.atomic
def take_off(*, by: Actor, at: dt.datetime, media: Media, subject: str) -> None:
    """From now on nobody sees a medium because of this subject; the row that attached it stays, as the trail does.

    The room that owns the subject has checked permission.
    """
    link(by=by, at=at, source=str(media), relation=queries.TAKEN_OFF, target=subject)
    record(by=by, at=at, action="documents.take_off", subject=subject, changes={"media": [str(media.pk), None]})


@transaction.atomic
def redact_photo(*, by: Actor, at: dt.datetime, media: Media, areas: Sequence[photos.Area]) -> Media:
    """遮挡: a covered copy under the same key, which every view shows from now on; the original stays, unseen.

    The room that owns the subject has checked permission. A second time covers what the first one showed.
    Raises Refused `no_areas`, `bad_area`, NotFound when the key was destroyed.
    """
    rules.check_areas(areas)
    shown = queries.shown_form(media)
    plain_key = vault.open_key(media.key)
    photo = photos.cover(files.read_sealed(shown.path, plain_key), areas)
    copy = Media(key=media.key, kind=MediaKind.IMAGE, mime="image/jpeg", created_at=at, taken_at=media.taken_at)
    copy.size, copy.width, copy.height = len(photo.jpeg), photo.width, photo.height
    copy.path, copy.original_sha256 = files.path_of(copy.pk), media.original_sha256
    try:
        copy.sha256 = hashlib.sha256(files.write_sealed(copy.path, plain_key, photo.jpeg)).digest()
        files.write_sealed(copy.thumbnail_path, plain_key, photo.thumbnail)
        copy.save(force_insert=True)
    except BaseException:
        _remove_files(copy.path, copy.thumbnail_path)
        raise
    link(by=by, at=at, source=str(media), relation=queries.REDACTED, target=str(copy))
    changes = {"shown": [str(shown.pk), str(copy.pk)], "areas": len(areas)}
    record(by=by, at=at, action="documents.redact", subject=str(media), changes=changes)
    return copy


@transaction.atomic
def uncover_photo(*, by: Actor, at: dt.datetime, media: Media, reason: str) -> None:
    """撤回遮盖: the newest covered copy is not shown any more; what it covered is, by whom and why is on record.

    The room that owns the subject has checked permission. Raises Refused `missing_reason`, Conflict `not_covered`.
    """
    if not (why := tidy(reason)[:200]):
        raise Refused("missing_reason", N_("还没写为什么撤回。请写一句，会留下记录。"), field="reason")
    cover = queries.newest_cover(media)
    if cover is None:
        raise Conflict("not_covered", N_("这张照片现在没有遮盖。"))
    link(by=by, at=at, source=str(media), relation=queries.UNCOVERED, target=cover)
    changes = {"shown": [cover.removeprefix("media:"), None], "reason": why}
    record(by=by, at=at, action="documents.uncover", subject=str(media), changes=changes)


@transaction.atomic
def erase_media(*, by: Actor, at: dt.datetime, key: VaultKey) -> int:
    """Remove every file sealed under a key that is being destroyed, and place and time from its rows; how many."""
    erased = list(Media.objects.select_for_update().filter(key=key, erased_at__isnull=True))
    paths = [path for media in erased for path in (media.path, media.thumbnail_path)]
    for media in erased:
        record(by=by, at=at, action="documents.erase_media", subject=str(media))
    rows = Media.objects.filter(pk__in=[media.pk for media in erased])
    rows.update(erased_at=at, path="", taken_at=None, longitude=None, latitude=None)
    transaction.on_commit(lambda: _remove_files(*paths))
    return len(erased)


def _check_clauses(text: str) -> None:
    """Raises Refused `unknown_category`."""
    if clauses_of(text) and (wrong := unknown_names(text, {one.name for one in packs.categories()})):
        message = N_("诉求分类里没有“{names}”。请照“渠道和清单”里的名称写，用顿号隔开。")
        raise Refused("unknown_category", message, names="、".join(wrong), field="text")


@transaction.atomic
def draft_instrument(
    *, by: Actor, at: dt.datetime, code: str, place: Place, kind: str, title: str, text: str
) -> Instrument:
    """Write a new text, or the next version of one; an open draft of the code is written over.

    Raises Forbidden, Refused `code_missing`, `text_missing`, `unknown_category` for a clause about no kind of demand;
    Conflict `instrument_elsewhere` for another place's code.
    """
    require(by, "documents.adopt", path=place.path)
    code, title = rules.check_instrument(code, title, text)
    _check_clauses(text)
    versions = list(Instrument.objects.select_for_update().filter(code=code).order_by("-version"))
    if versions and versions[0].place_id != place.pk:
        raise Conflict("instrument_elsewhere", N_("这个代号别处在用。请换一个。"), field="code")
    last = versions[0].version if versions else 0
    draft = versions[0] if versions and versions[0].adopted_at is None else Instrument(code=code, version=last + 1)
    draft.kind, draft.title, draft.text, draft.place = InstrumentKind(kind), title, text.strip(), place
    draft.drafted_by, draft.drafted_at = by.reference, at
    draft.save()
    record(by=by, at=at, action="documents.draft_instrument", subject=draft.reference)
    return draft


@transaction.atomic
def adopt_instrument(
    *,
    by: Actor,
    at: dt.datetime,
    code: str,
    adopted_on: dt.date,
    basis: str,
    effective_from: dt.date,
    decided_by: str = "",
) -> Instrument:
    """Write in that the draft was adopted: by which decision, from when. The version before it ends that day.

    `decided_by` is the reference of the resolution where there is one; it is linked.
    Raises Forbidden, NotFound `no_draft`, Refused `basis_missing`, `adopted_ahead`, `effective_too_early`.
    """
    draft = Instrument.objects.select_for_update(of=("self",)).filter(code=code, adopted_at__isnull=True)
    found = draft.select_related("place").first()
    if found is None:
        raise NotFound("no_draft", N_("没有等着通过的草稿。请先写一稿。"))
    require(by, "documents.adopt", path=found.place.path)
    before = Instrument.objects.select_for_update().filter(code=code, adopted_at__isnull=False).order_by("-version")
    last = before.first()
    begun = last.effective_from if last else None
    rules.check_adoption(basis, adopted_on, effective_from, begun, local_date(at))
    found.adopted_on, found.basis, found.effective_from = adopted_on, basis.strip(), effective_from
    found.adopted_by, found.adopted_at = by.reference, at
    found.save()
    if last and (last.effective_to is None or last.effective_to > effective_from):
        last.effective_to = effective_from
        last.save(update_fields=["effective_to"])
        link(by=by, at=at, source=found.reference, relation="replaces", target=last.reference)
    if decided_by:
        link(by=by, at=at, source=decided_by, relation="adopted", target=found.reference)
    changes = {"adopted_on": adopted_on.isoformat(), "effective_from": effective_from.isoformat()}
    record(by=by, at=at, action="documents.adopt_instrument", subject=found.reference, changes=changes)
    return found


@transaction.atomic
def end_instrument(*, by: Actor, at: dt.datetime, code: str, on: dt.date) -> Instrument:
    """废止: from that day on the version in force holds no more, and nothing takes its place.

    Raises Forbidden, NotFound `nothing_in_force`.
    """
    rows = Instrument.objects.select_for_update(of=("self",)).filter(code=code, adopted_at__isnull=False)
    last = rows.select_related("place").order_by("-version").first()
    if last is None or (last.effective_to is not None and last.effective_to <= on):
        raise NotFound("nothing_in_force", N_("没有在用的一版，不用废止。"))
    require(by, "documents.adopt", path=last.place.path)
    last.effective_to = max(on, last.effective_from or on)
    last.save(update_fields=["effective_to"])
    changes = {"effective_to": last.effective_to.isoformat()}
    record(by=by, at=at, action="documents.end_instrument", subject=last.reference, changes=changes)
    return last


def sweep_orphans(*, by: Actor, at: dt.datetime) -> int:
    """Remove files older than a day that no row owns: their act was refused, or the process died; how many."""
    removed = 0
    for relative in files.stored_before((at - ORPHAN_AGE).timestamp()):
        owner = relative.removesuffix(".part").replace(".thumb.sealed", ".sealed")
        if relative.endswith(".part") or not Media.objects.filter(path=owner).exists():
            _remove_files(relative)
            removed += 1
    if removed:
        record(by=by, at=at, action="documents.sweep", subject="media:*", changes={"files": [removed, 0]})
    return removed


def _remove_files(*paths: str) -> None:
    for path in paths:
        files.remove(path)

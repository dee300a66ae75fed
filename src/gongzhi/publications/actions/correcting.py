"""After the release: correcting in public, taking down, 已整改, the end of its time."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload, attach_evidence, store_photo, take_off
from gongzhi.documents.models import EvidencePurpose, Media
from gongzhi.documents.queries import evidence_of, open_media
from gongzhi.duties.actions import take_back_evidence
from gongzhi.notifications.actions import emit
from gongzhi.places.models import Place
from gongzhi.places.queries import get_place
from gongzhi.publications import queries, rules, words
from gongzhi.publications.actions.writing import MOST_PICTURES, acting, locked
from gongzhi.publications.models import Correction, CorrectionKind, Publication, State
from gongzhi.publications.rules import lint, records

MOST_WORDS = 600


def _said(**given: str) -> dict[str, str]:
    """What was wrong, what is right, why; each without people's numbers. Raises Refused `note_missing`, …"""
    said = {name: tidy(value) for name, value in given.items()}
    if empty := [name for name, value in said.items() if not value]:
        raise Refused("note_missing", N_("请写明原因，让看的人明白。"), field=empty[0])
    if long := [name for name, value in said.items() if len(value) > MOST_WORDS]:
        raise Refused("too_long", N_("写得太长，最多 {longest} 个字。"), longest=MOST_WORDS, field=long[0])
    if found := [one for one in lint.find_all(said) if one.kind in lint.NEVER_IN_CRITICISM]:
        message = N_("这里会公开，不能写{kind}：{found}。")
        raise Refused("not_for_public", message, kind=lint.WORDS[found[0].kind], found=found[0].found)
    return said


def _new(
    publication: Publication, kind: CorrectionKind, said: dict[str, str], *, by: Actor, at: dt.datetime
) -> Correction:
    correction = Correction(publication=publication, kind=kind, at=at, by=acting(by))
    correction.post_id = queries.post_of(by, rules.WRITE, publication.path)
    correction.post_id = correction.post_id or queries.post_of(by, rules.RELEASE, publication.path)
    correction.words = words.seal_part(publication, "correction", json.dumps(said, ensure_ascii=False).encode())
    return correction


@dataclass(frozen=True)
class Amended:
    """What is right beside title and body; None leaves a part as it stands.

    `facts`: field code → value. `begins_at`, `ends_at`: ISO times or "". `expires_on`: another last day. `place`: for
    whose residents it is. `taken`: pictures that go; `uploads`: pictures that come.
    """

    about: str | None = None
    facts: Mapping[str, str] | None = None
    begins_at: str | None = None
    ends_at: str | None = None
    expires_on: dt.date | None = None
    place: Place | None = None
    taken: Sequence[uuid.UUID] = ()
    uploads: Sequence[Upload] = ()


AS_IT_STANDS = Amended()


@transaction.atomic
def propose_correction(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    wrong: str,
    right: str,
    why: str,
    title: str,
    body: str,
    amended: Amended = AS_IT_STANDS,
) -> Correction:
    """更正: everything a reader sees as it should be, with what was wrong; a second person releases it (民法典 1028).

    Raises Forbidden, Refused `note_missing`, `nothing_changed`, `not_for_public`, `expiry_wrong`; Conflict
    `correction_open`.
    """
    publication = locked(by, number, "correct", rules.WRITE, rules.RELEASE)
    if publication.corrections.filter(released_at__isnull=True, refused_at__isnull=True).exists():
        raise Conflict("correction_open", N_("已有一份更正在等第二个人看。先把那份定下来。"))
    said = _said(wrong=wrong, right=right, why=why)
    before = current_record(publication)
    correction = _new(publication, CorrectionKind.CORRECTED, said, by=by, at=at)
    after = _as_it_should_be(publication, before, title, body, amended, by=by, at=at)
    if after == before and not amended.uploads:
        raise Refused("nothing_changed", N_("什么都没有改。请先改好再送。"), field="body")
    _check_clean(publication, after)
    correction.record = words.seal_part(publication, "corrected", records.canonical(after))
    correction.digest = records.digest_of(records.canonical(after))
    correction.save(force_insert=True)
    if amended.uploads:
        _add_new_pictures(correction, after, amended.uploads, by=by, at=at)
    changes = {"correction": correction.pk, "fields": records.fields_changed(before, after)}
    record(by=by, at=at, action="publications.propose_correction", subject=publication.reference, changes=changes)
    return correction


def _as_it_should_be(
    publication: Publication,
    before: dict[str, Any],
    title: str,
    body: str,
    amended: Amended,
    *,
    by: Actor,
    at: dt.datetime,
) -> dict[str, Any]:
    kind = queries.kind_of(publication.kind)
    after = {**before, "title": " ".join(title.split()), "body": tidy(body)}
    if amended.about is not None:
        after["subject"] = {**before["subject"], "about": tidy(amended.about)}
    if amended.facts is not None:
        given = {code: tidy(value) for code, value in amended.facts.items()}
        after["facts"] = [[one.label, given[one.code]] for one in kind.fields if given.get(one.code)]
    times = {"begins_at": amended.begins_at, "ends_at": amended.ends_at}
    after |= {name: moment for name, moment in times.items() if moment is not None}
    standing = before["expires_on"]
    if amended.expires_on and amended.expires_on.isoformat() != standing and publication.released_at:
        wanted = rules.corrected_expiry(kind, publication.released_at, at, amended.expires_on)
        after["expires_on"] = wanted.isoformat()
    if amended.place is not None and amended.place.code != before["scope"]["code"]:
        if not any(allows(by, one, path=amended.place.path) for one in (rules.WRITE, rules.RELEASE)):
            require(by, rules.WRITE, path=amended.place.path)
        after["scope"] = {"code": amended.place.code, "name": amended.place.name}
    taken = {str(one) for one in amended.taken}
    after["pictures"] = [one for one in before["pictures"] if one["id"] not in taken]
    return after


def _add_new_pictures(
    correction: Correction, after: dict[str, Any], uploads: Sequence[Upload], *, by: Actor, at: dt.datetime
) -> None:
    """Sealed with the item, seen by its staff only until somebody else releases them."""
    publication = correction.publication
    if len(after["pictures"]) + len(uploads) > MOST_PICTURES:
        raise Refused("too_many_pictures", N_("最多放 {most} 张照片。"), most=MOST_PICTURES, field="pictures")
    for upload in uploads:
        media = store_photo(by=by, at=at, key=publication.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=correction.reference, purpose=EvidencePurpose.OTHER)
        after["pictures"].append({"id": str(media.pk), "sha256": _print_of(media, by=by, at=at)})
    correction.record = words.seal_part(publication, "corrected", records.canonical(after))
    correction.digest = records.digest_of(records.canonical(after))
    correction.save(update_fields=["record", "digest"])


def current_record(publication: Publication) -> dict[str, Any]:
    """The text that stands now: of the newest released correction, else as it was released."""
    done = publication.corrections.filter(kind=CorrectionKind.CORRECTED, released_at__isnull=False)
    newest = done.select_related("publication__key").order_by("-released_at", "-pk").first()
    return words.corrected(newest) if newest else words.released(publication)


def _check_clean(publication: Publication, after: dict[str, Any]) -> None:
    kind = queries.kind_of(publication.kind)
    text = words.working(publication)
    facts = {f"fact_{index}": value for index, (_label, value) in enumerate(after["facts"])}
    found = lint.find_all({"title": after["title"], "body": after["body"], "about": after["subject"]["about"], **facts})
    left = lint.forbidden(found, negative=kind.negative, confirmed=text.confirmed)
    if not after["title"] or not after["body"]:
        raise Refused("publication_incomplete", N_("更正后的标题和正文都要有。"), field="body")
    if left:
        message = N_("更正后的正文里还有{kind}：{found}。先去掉。")
        raise Refused("not_for_public", message, kind=lint.WORDS[left[0].kind], found=left[0].found, field="body")


@transaction.atomic
def decide_correction(*, by: Actor, at: dt.datetime, number: str, correction_id: int, granted: bool) -> Correction:
    """A second person lets the correction stand beside the item, or does not.

    Raises Refused `second_person`; NotFound `correction_not_found`.
    """
    publication = locked(by, number, "correct", rules.RELEASE)
    waiting = publication.corrections.select_for_update(of=("self",)).filter(
        pk=correction_id, released_at__isnull=True, refused_at__isnull=True
    )
    correction = waiting.select_related("publication__key").first()
    if correction is None:
        raise NotFound("correction_not_found", N_("这份更正已经定了。请刷新再看。"))
    changes: dict[str, Any] = {"correction": correction.pk, "granted": granted}
    if granted:
        rules.check_second_person(correction.by_id, by.person_id)
        before, was = current_record(publication), queries.standing_digest(publication)
        _follow(correction, before, by=by, at=at)
        _release(correction, by=by, at=at)
        changes["fields"] = records.fields_changed(before, words.corrected(correction))
        changes["sha256"] = [was, bytes(correction.digest).hex()]
    else:
        correction.refused_at = at
        correction.save(update_fields=["refused_at"])
    record(by=by, at=at, action="publications.decide_correction", subject=publication.reference, changes=changes)
    return correction


def _follow(correction: Correction, before: dict[str, Any], *, by: Actor, at: dt.datetime) -> None:
    """Place, period and pictures of the item as its corrected record says. Raises Forbidden."""
    publication, after = correction.publication, words.corrected(correction)
    if after["scope"] != before["scope"]:
        publication.place = get_place(after["scope"]["code"])
        require(by, rules.RELEASE, path=publication.place.path)
        publication.path = publication.place.path
        publication.save(update_fields=["place", "path"])
        target = f"place:{publication.place.code}"
        link(by=by, at=at, source=publication.reference, relation="published_in", target=target)
    if after["expires_on"] != before["expires_on"]:
        publication.expires_on = dt.date.fromisoformat(after["expires_on"])
        publication.save(update_fields=["expires_on"])
    stays = {one["id"] for one in after["pictures"]}
    for row in queries.pictures_of(publication):
        if str(row.media_id) not in stays:
            take_off(by=by, at=at, media=row.media, subject=publication.reference)
    for row in evidence_of([correction.reference]):
        subject = publication.reference
        attach_evidence(by=by, at=at, media=row.media, subject=subject, purpose=EvidencePurpose.OTHER)


def _release(correction: Correction, *, by: Actor, at: dt.datetime) -> None:
    publication = correction.publication
    if after := words.corrected(correction):
        stamped = {**after, "corrected_at": at.astimezone(dt.UTC).isoformat(timespec="seconds")}
        stamped["pictures"] = _as_shown(correction, after["pictures"], by=by, at=at)
        content = records.canonical(stamped)
        correction.record = words.seal_part(publication, "corrected", content)
        correction.digest = records.digest_of(content)
    correction.releaser = acting(by)
    correction.releaser_post_id = queries.post_of(by, rules.RELEASE, publication.path)
    correction.released_at = at
    correction.save()
    publication.changed_at = at
    publication.save(update_fields=["changed_at"])
    emit("publication.correct", {"publication": publication.number, "what": correction.kind}, at=at)


def _as_shown(
    correction: Correction, pictures: Sequence[dict[str, str]], *, by: Actor, at: dt.datetime
) -> list[dict[str, str]]:
    """The pictures with the hash of what everybody gets: a new one may have been covered while it waited."""
    new = {str(row.media_id): row.media for row in evidence_of([correction.reference]).select_related("media__key")}
    return [
        {**one, "sha256": _print_of(new[one["id"]], by=by, at=at)} if one["id"] in new else dict(one)
        for one in pictures
    ]


def _print_of(media: Media, *, by: Actor, at: dt.datetime) -> str:
    return hashlib.sha256(open_media(media, by=by, at=at, purpose="correct")).hexdigest()


def _end(publication: Publication, state: State, *, by: Actor, at: dt.datetime, action: str) -> None:
    was, publication.state = publication.state, state
    publication.ended_at = publication.changed_at = at
    publication.pinned_until = None
    publication.save(update_fields=["state", "ended_at", "changed_at", "pinned_until"])
    changes = {"state": [was, state]}
    record(by=by, at=at, action=action, subject=publication.reference, changes=changes)
    emit("publication.end", {"publication": publication.number, "state": str(state)}, at=at)


@transaction.atomic
def withdraw_publication(*, by: Actor, at: dt.datetime, number: str, why: str) -> Publication:
    """撤下, at once and by one person: harm does not wait for a second. The reason is public.

    A duty that its release showed done is open again: nobody has disclosed what is no longer to be read.
    Raises Forbidden, Refused `note_missing`, `not_for_public`; Conflict `publication_state`.
    """
    publication = locked(by, number, "withdraw", rules.RELEASE)
    _close_open_corrections(publication, at)
    correction = _new(publication, CorrectionKind.WITHDRAWN, _said(why=why), by=by, at=at)
    _release(correction, by=by, at=at)
    _end(publication, State.WITHDRAWN, by=by, at=at, action="publications.withdraw")
    take_back_evidence(by=by, at=at, evidence=publication.reference, reason=why)
    return publication


@transaction.atomic
def record_rectified(*, by: Actor, at: dt.datetime, number: str, note: str) -> Publication:
    """已整改: a criticised thing was put right; the item comes down at once, with a public note of it.

    Raises Refused `not_critical`, `note_missing`, `not_for_public`; Conflict `publication_state`.
    """
    publication = locked(by, number, "rectify", rules.WRITE, rules.RELEASE)
    if publication.tone != "negative":
        raise Refused("not_critical", N_("只有问题曝光才要记整改。别的到期会自己撤，也可以撤下。"))
    _close_open_corrections(publication, at)
    correction = _new(publication, CorrectionKind.RECTIFIED, _said(right=note), by=by, at=at)
    _release(correction, by=by, at=at)
    _end(publication, State.EXPIRED, by=by, at=at, action="publications.rectify")
    return publication


def _close_open_corrections(publication: Publication, at: dt.datetime) -> None:
    waiting = publication.corrections.filter(released_at__isnull=True, refused_at__isnull=True)
    waiting.update(refused_at=at)


@transaction.atomic
def expire_publication(*, by: Actor, at: dt.datetime, number: str) -> Publication:
    """Its time is over: what stays readable is what the kind's archive says."""
    publication = locked(by, number, "expire", rules.RELEASE)
    _close_open_corrections(publication, at)
    _end(publication, State.EXPIRED, by=by, at=at, action="publications.expire")
    return publication

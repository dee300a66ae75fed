"""A draft: begun, written, covered, illustrated, given up."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused, SignInRequired
from gongzhi.common.ids import readable_code, uuid7
from gongzhi.common.registry import check_activity, consent_given
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload, attach_evidence, erase_media, redact_photo, store_photo
from gongzhi.documents.models import Evidence, EvidencePurpose
from gongzhi.documents.photos import Area
from gongzhi.documents.queries import evidence_of
from gongzhi.duties.actions import show_evidence
from gongzhi.duties.models import Duty
from gongzhi.packs import queries as packs
from gongzhi.people import vault
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Kind, Place
from gongzhi.publications import queries, rules, words
from gongzhi.publications.models import Publication, Review, State, Verdict
from gongzhi.publications.rules import lint
from gongzhi.publications.rules.records import Words

MOST_PICTURES = 9


@dataclass(frozen=True)
class Subject:
    """What an item is about, and which body is concerned. There is no person here; see `named`.

    `reference`: of a matter ("case:GZ-…", may be empty) or of a duty ("duty-rule:code"). `place`: of a place or a
    facility; none given, it is the place whose residents the item is for. `fulfils`: the duty that it shows done.
    """

    kind: str = "matter"
    place: Place | None = None
    organization: Organization | None = None
    party: Organization | None = None
    reference: str = ""
    fulfils: Duty | None = None


def _cleaned(text: Words) -> Words:
    facts = {code: tidy(value) for code, value in text.facts.items()}
    cleaned = replace(text, title=" ".join(text.title.split()), body=tidy(text.body), about=tidy(text.about))
    cleaned = replace(cleaned, facts=facts, confirmed=sorted(set(text.confirmed)))
    rules.check_words(cleaned)
    return cleaned


def _named(person: Person | None) -> Person | None:
    """Somebody who agreed to be named. Raises Refused `no_consent_to_name`, Conflict `activity_off`."""
    if person is not None:
        check_activity("publication_named")
    if person is not None and not consent_given(person.pk, rules.NAMING):
        message = N_("这位居民没有同意公开名字。请他本人先在“我的账号”里同意，再写上。")
        raise Refused("no_consent_to_name", message, field="named")
    return person


def new_key(at: dt.datetime) -> VaultKey:
    """The key that one item's words and pictures are sealed under."""
    key, _plain = vault.new_key("publication", at)
    key.save(force_insert=True)
    return key


@transaction.atomic
def begin_publication(
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    place: Place,
    text: Words,
    subject: Subject,
    named: Person | None = None,
    wanted_expiry: dt.date | None = None,
    source: str = "",
) -> Publication:
    """A draft for the residents of a place; `source` is the reference of what it came from ("case:…").

    Raises Forbidden, NotFound `unknown_kind`, Refused `subject_kind`, `no_person_here`, `no_consent_to_name`,
    `too_long`, `expiry_wrong`.
    """
    require(by, rules.WRITE, path=place.path)
    check_activity("publications")
    found = queries.kind_of(kind)
    rules.check_subject(found, subject.kind, names_person=named is not None)
    rules.expires_on(found, at, wanted_expiry)
    publication = Publication(pk=uuid7(), kind=found.code, tone=found.tone, place=place, path=place.path)
    code = readable_code(load_keyring(settings.KEYS_DIR).derive("publication-number"), str(publication.pk), 5)
    publication.number = f"GG-{local_date(at):%y%m%d}-{code}"
    publication.pack = packs.in_use().model_reference
    publication.key = new_key(at)
    publication.author = acting(by)
    publication.author_post_id = queries.post_of(by, rules.WRITE, place.path)
    publication.created_at = publication.changed_at = at
    publication.wanted_expiry = wanted_expiry
    _set_subject(publication, subject, _named(named), by=by, at=at)
    publication.words = words.seal_part(publication, "words", _cleaned(text).as_json())
    publication.save(force_insert=True)
    changes = {"kind": [None, kind], "place": place.code}
    record(by=by, at=at, action="publications.begin", subject=publication.reference, changes=changes)
    if source:
        link(by=by, at=at, source=source, relation="published_as", target=publication.reference)
    return publication


def acting(by: Actor) -> Person:
    """The account of who acts. Raises SignInRequired."""
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    return Person.objects.get(pk=by.person_id)


def _set_subject(
    publication: Publication, subject: Subject, named: Person | None, *, by: Actor, at: dt.datetime
) -> None:
    _check_real(subject, by, at)
    placed = subject.kind in rules.PLACED
    publication.subject_kind, publication.subject_organization = subject.kind, subject.organization
    publication.subject_place = (subject.place or publication.place) if placed else None
    publication.subject_reference, publication.fulfils = subject.reference, subject.fulfils
    publication.party = subject.party or (subject.organization if publication.tone == "negative" else None)
    publication.named = named


def _check_real(subject: Subject, by: Actor, at: dt.datetime) -> None:
    """Raises Refused `subject_missing`, `subject_dwelling`, `subject_unknown`, `no_person_here`."""
    if subject.kind == "organization" and subject.organization is None:
        raise Refused("subject_missing", N_("请选说的是哪个单位。"), field="subject_organization")
    if subject.place is not None and subject.place.kind == Kind.DWELLING:
        raise Refused("subject_dwelling", N_("不能说到某一户。请选楼栋、网格或场地。"), field="subject_place")
    rules.check_reference(subject.kind, subject.reference)
    if subject.reference and not queries.is_real(by, subject.kind, subject.reference, at):
        message, field = N_("没有找到 {reference}。请核对编号。"), f"subject_{subject.kind}"
        raise Refused("subject_unknown", message, reference=subject.reference, field=field)


def locked(by: Actor, number: str, step: str, *permissions: str) -> Publication:
    """The item, locked, when one of the permissions holds over it and the step may be taken now."""
    publication = queries.get_publication_for(by, number, lock=True)
    if not any(allows(by, permission, path=publication.path) for permission in permissions):
        require(by, permissions[0], path=publication.path)
    rules.check_step(step, publication.state)
    return publication


@transaction.atomic
def edit_publication(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    text: Words,
    subject: Subject,
    named: Person | None = None,
    wanted_expiry: dt.date | None = None,
) -> Publication:
    """Another text and subject for a draft. Raises what begin_publication raises; Conflict `publication_state`."""
    publication = locked(by, number, "edit", rules.WRITE)
    kind = queries.kind_of(publication.kind)
    rules.check_subject(kind, subject.kind, names_person=named is not None)
    rules.expires_on(kind, at, wanted_expiry)
    _set_subject(publication, subject, _named(named), by=by, at=at)
    publication.wanted_expiry, publication.changed_at = wanted_expiry, at
    publication.words = words.seal_part(publication, "words", _cleaned(text).as_json())
    publication.save()
    record(by=by, at=at, action="publications.edit", subject=publication.reference)
    return publication


def add_review(publication: Publication, *, by: Actor, at: dt.datetime, verdict: Verdict, note: str = "") -> Review:
    """One look at the text as it is now; the caller has checked who may."""
    permission = rules.RELEASE if verdict in (Verdict.RETURNED, Verdict.RELEASED) else rules.WRITE
    review = Review(publication=publication, version=publication.version, verdict=verdict, at=at)
    review.by, review.post_id = acting(by), queries.post_of(by, permission, publication.path)
    review.words = words.seal_part(publication, "review", words.working(publication).as_json())
    review.note = words.seal_part(publication, "note", note.encode()) if note else b""
    review.save(force_insert=True)
    return review


@transaction.atomic
def cover_findings(*, by: Actor, at: dt.datetime, number: str) -> int:
    """遮住: cover everything found in the text; the original stays as a version, sealed. How many were covered."""
    publication = locked(by, number, "edit", rules.WRITE)
    text, kind = words.working(publication), queries.kind_of(publication.kind)
    findings = lint.forbidden(lint.find_all(text.texts()), negative=kind.negative, confirmed=text.confirmed)
    if not findings:
        return 0
    add_review(publication, by=by, at=at, verdict=Verdict.COVERED)
    shown = {
        field: lint.covered(value, [one for one in findings if one.field == field])
        for field, value in text.texts().items()
    }
    facts = {code: shown[f"fact_{code}"] for code in text.facts}
    text = replace(text, title=shown["title"], body=shown["body"], about=shown["about"], facts=facts)
    publication.words = words.seal_part(publication, "words", text.as_json())
    publication.changed_at = at
    publication.save(update_fields=["words", "changed_at"])
    changes: dict[str, Any] = {"kinds": sorted({one.kind for one in findings}), "count": len(findings)}
    record(by=by, at=at, action="publications.cover", subject=publication.reference, changes=changes)
    return len(findings)


@transaction.atomic
def add_pictures(
    *, by: Actor, at: dt.datetime, number: str, uploads: Sequence[Upload], evidence: bool = False
) -> list[Evidence]:
    """Pictures to show, or (`evidence`) what the facts were checked with, which stays inside.

    Raises Refused `too_many_pictures` and what documents says about a picture.
    """
    publication = locked(by, number, "edit", rules.WRITE)
    subject = publication.evidence_reference if evidence else publication.reference
    if evidence_of([subject]).count() + len(uploads) > MOST_PICTURES:
        raise Refused("too_many_pictures", N_("最多放 {most} 张照片。"), most=MOST_PICTURES, field="pictures")
    purpose = EvidencePurpose.VERIFY if evidence else EvidencePurpose.OTHER
    made = []
    for upload in uploads:
        media = store_photo(by=by, at=at, key=publication.key, upload=upload)
        made.append(attach_evidence(by=by, at=at, media=media, subject=subject, purpose=purpose))
    return made


@transaction.atomic
def cover_picture(*, by: Actor, at: dt.datetime, number: str, media_id: uuid.UUID, areas: Sequence[Area]) -> None:
    """遮挡: cover parts of a picture; the original stays sealed, nobody is shown it. Only before the release."""
    publication = locked(by, number, "edit", rules.WRITE)
    shown = {row.media_id: row.media for row in queries.pictures_of(publication)}
    if media_id not in shown:
        raise NotFound("media_not_found", N_("没有这张照片，或者它不给您看。"))
    redact_photo(by=by, at=at, media=shown[media_id], areas=areas)
    changes = {"media": str(media_id), "areas": len(areas)}
    record(by=by, at=at, action="publications.cover_picture", subject=publication.reference, changes=changes)


@transaction.atomic
def drop_publication(*, by: Actor, at: dt.datetime, number: str) -> None:
    """Given up before its release: its key is destroyed, and with it every version, picture and statement."""
    publication = locked(by, number, "drop", rules.WRITE, rules.RELEASE)
    was, publication.state = publication.state, State.DROPPED
    publication.ended_at = publication.changed_at = at
    publication.save(update_fields=["state", "ended_at", "changed_at"])
    erase_words(publication, by=by, at=at)
    show_evidence(by=by, at=at, subject=publication.reference, evidence=publication.reference, on=local_date(at))
    changes = {"state": [was, State.DROPPED]}
    record(by=by, at=at, action="publications.drop", subject=publication.reference, changes=changes)


def erase_words(publication: Publication, *, by: Actor, at: dt.datetime) -> None:
    """Destroy the key: no word or picture of the item can be read again; the hash stays in the trail."""
    erase_media(by=by, at=at, key=publication.key)
    destroy_key(publication.key_id, at)

"""From a finished draft to the public: notice to the other side, review by a second person, release, pin, reading."""

import datetime as dt
import hashlib
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import translation

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.queries import open_media
from gongzhi.duties.actions import show_one
from gongzhi.notifications.actions import emit, notify_person
from gongzhi.people.queries import members_of
from gongzhi.publications import queries, rules, words
from gongzhi.publications.actions.writing import acting, add_review, locked
from gongzhi.publications.models import Publication, State, Verdict
from gongzhi.publications.rules import records

_PIN_LOCK = 7_301_014


@transaction.atomic
def notify_party(*, by: Actor, at: dt.datetime, number: str) -> Publication:
    """告知: tell the body concerned before a critical item; its statement period begins (民法典 1026).

    Raises Refused `no_notice_needed`, `publication_incomplete`; Conflict `publication_state`.
    """
    publication = locked(by, number, "notify", rules.WRITE)
    kind = queries.kind_of(publication.kind)
    if not kind.negative:
        raise Refused("no_notice_needed", N_("这一种不用告知对方，直接送审就行。"))
    rules.check_before_notice(queries.needs_of(publication, at))
    publication.state, publication.noticed_at = State.STATEMENT, at
    publication.statement_until = rules.statement_ends(kind, at)
    publication.changed_at = at
    publication.save(update_fields=["state", "noticed_at", "statement_until", "changed_at"])
    add_review(publication, by=by, at=at, verdict=Verdict.NOTIFIED)
    changes = {"state": ["draft", "statement"], "until": publication.statement_until.isoformat()}
    record(by=by, at=at, action="publications.notify", subject=publication.reference, changes=changes)
    _tell_party(publication, by=by, at=at, kind="publication_notice")
    return publication


def _tell_party(publication: Publication, *, by: Actor, at: dt.datetime, kind: str) -> None:
    """The people in post of the body concerned, once."""
    party = publication.party
    for person_id in members_of(party.pk, local_date(at)) if party else ():
        until = publication.statement_until
        params = {"number": publication.number, "until_at": until.isoformat() if until else ""}
        key = f"{publication.reference}:{kind}"
        subject = publication.reference
        notify_person(by=by, at=at, person_id=person_id, kind=kind, params=params, subject=subject, dedupe_key=key)


@transaction.atomic
def submit_publication(*, by: Actor, at: dt.datetime, number: str) -> Publication:
    """送审: the text of this version is kept, and waits for a second person.

    Raises Refused `notice_first`, `publication_incomplete`; Conflict `publication_state`.
    """
    publication = locked(by, number, "submit", rules.WRITE)
    if publication.tone == "negative" and publication.state == State.DRAFT:
        raise Refused("notice_first", N_("批评类的先告知对方，听过陈述再送审。"))
    rules.check_needs(queries.needs_of(publication, at))
    was, publication.state = publication.state, State.REVIEW
    publication.version += 1
    publication.changed_at = at
    publication.save(update_fields=["state", "version", "changed_at"])
    add_review(publication, by=by, at=at, verdict=Verdict.SUBMITTED)
    changes = {"state": [was, "review"], "version": publication.version}
    record(by=by, at=at, action="publications.submit", subject=publication.reference, changes=changes)
    return publication


@transaction.atomic
def return_publication(*, by: Actor, at: dt.datetime, number: str, note: str) -> Publication:
    """退回修改, with what is to be mended. Raises Refused `note_missing`; Conflict `publication_state`."""
    publication = locked(by, number, "return", rules.RELEASE)
    if not note.strip():
        raise Refused("note_missing", N_("请写明要改哪里。"), field="note")
    back = State.STATEMENT if publication.noticed_at else State.DRAFT
    publication.state, publication.changed_at = back, at
    publication.save(update_fields=["state", "changed_at"])
    add_review(publication, by=by, at=at, verdict=Verdict.RETURNED, note=note.strip())
    changes = {"state": ["review", back]}
    record(by=by, at=at, action="publications.return", subject=publication.reference, changes=changes)
    return publication


@transaction.atomic
def release_publication(*, by: Actor, at: dt.datetime, number: str) -> Publication:
    """发布: by somebody other than the author; exact text, pictures, scope and time are hashed and kept.

    Raises Forbidden, Refused `second_person`, `publication_incomplete`; Conflict `publication_state`.
    """
    publication = locked(by, number, "release", rules.RELEASE)
    check_activity("publications")
    if publication.named_id:
        check_activity("publication_named")
    rules.check_second_person(publication.author_id, by.person_id)
    rules.check_needs(queries.needs_of(publication, at))
    kind = queries.kind_of(publication.kind)
    publication.releaser = acting(by)
    publication.releaser_post_id = queries.post_of(by, rules.RELEASE, publication.path)
    publication.released_at, publication.state = at, State.RELEASED
    publication.expires_on = rules.expires_on(kind, at, _still_ahead(publication, at))
    content = records.canonical(_record_of(publication, by=by, at=at))
    publication.record = words.seal_part(publication, "record", content)
    publication.digest = records.digest_of(content)
    publication.changed_at = at
    publication.save()
    add_review(publication, by=by, at=at, verdict=Verdict.RELEASED)
    changes: dict[str, Any] = {"state": ["review", "released"], "sha256": publication.digest.hex()}
    changes["author"] = [f"person:{publication.author_id}", by.reference]
    record(by=by, at=at, action="publications.release", subject=publication.reference, changes=changes)
    link(by=by, at=at, source=publication.reference, relation="published_in", target=f"place:{publication.place.code}")
    for target in queries.subject_references(publication):
        link(by=by, at=at, source=publication.reference, relation="about", target=target)
    if publication.fulfils_id:
        show_one(by=by, at=at, duty_id=publication.fulfils_id, evidence=publication.reference)
    emit("publication.release", {"publication": publication.number, "kind": publication.kind}, at=at)
    if publication.tone == "negative":
        _tell_party(publication, by=by, at=at, kind="publication_released")
    return publication


def _still_ahead(publication: Publication, at: dt.datetime) -> dt.date | None:
    """The day that the author asked for, unless it went by while the item waited for its review."""
    wanted = publication.wanted_expiry
    return wanted if wanted and wanted > local_date(at) else None


def _record_of(publication: Publication, *, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """What is hashed: everything a reader sees, and nothing else. In the language of the place, not of the clerk."""
    kind, text = queries.kind_of(publication.kind), words.working(publication)
    with translation.override("zh-hans"):
        subject = publication.get_subject_kind_display()
    return {
        "schema": records.SCHEMA,
        "number": publication.number,
        "kind": {"code": kind.code, "name": kind.name, "tone": kind.tone, "pack": publication.pack},
        "subject": {"kind": publication.subject_kind, "name": subject, "about": queries.about_of(publication, text)},
        "scope": {"code": publication.place.code, "name": publication.place.name},
        "title": text.title,
        "body": text.body,
        "facts": [[one.label, text.facts[one.code]] for one in kind.fields if text.facts.get(one.code)],
        "begins_at": text.begins_at,
        "ends_at": text.ends_at,
        "pictures": _pictures(publication, by=by, at=at),
        "basis": kind.basis,
        "issued_by": _issuer(publication),
        "party": publication.party.name if publication.party else "",
        "written_by": publication.author_post.title if publication.author_post else "",
        "released_by": publication.releaser_post.title if publication.releaser_post else "",
        "released_at": at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "expires_on": publication.expires_on.isoformat() if publication.expires_on else "",
    }


def _issuer(publication: Publication) -> str:
    """The body in whose name it was written, as a paper signs it."""
    post = publication.author_post
    return post.organization.name if post and post.organization else publication.place.name


def _pictures(publication: Publication, *, by: Actor, at: dt.datetime) -> list[dict[str, str]]:
    """Address and SHA-256 of each picture as everybody gets it (covered where it was covered)."""
    found = []
    for row in queries.pictures_of(publication):
        content = open_media(row.media, by=by, at=at, purpose="release")
        found.append({"id": str(row.media_id), "sha256": hashlib.sha256(content).hexdigest()})
    return found


@transaction.atomic
def pin_publication(*, by: Actor, at: dt.datetime, number: str, pinned: bool) -> Publication:
    """置顶, as many as the pack allows for one place; or take it down from the top.

    Raises Forbidden, Refused `pin_limit`; Conflict `publication_state`.
    """
    publication = locked(by, number, "pin", rules.RELEASE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PIN_LOCK])
    said, today = queries.settings(), local_date(at)
    if pinned:
        taken = queries.pinned_in(publication.path, today).exclude(pk=publication.pk).count()
        rules.check_pin(taken, said.pin_limit)
    until = today + dt.timedelta(days=said.pin_days) if pinned else None
    publication.pinned_until, publication.changed_at = until, at
    publication.save(update_fields=["pinned_until", "changed_at"])
    changes = {"pinned_until": until.isoformat() if until else None}
    record(by=by, at=at, action="publications.pin", subject=publication.reference, changes=changes)
    return publication


def count_read(*, by: Actor, at: dt.datetime, number: str) -> None:
    """One opening more. Who it was is written nowhere: the visitor's own browser remembers it for the day."""
    Publication.objects.filter(number=number, state=State.RELEASED).update(reads=F("reads") + 1)

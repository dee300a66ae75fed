"""Two people, one unchanging text: who may release what, and what the database itself refuses."""

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from gongzhi.audit.actions import verify_trail
from gongzhi.audit.models import Entry
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.registry import carry_along
from gongzhi.documents.models import Media
from gongzhi.notifications.models import Notice, OutboxEvent
from gongzhi.people import actions as people
from gongzhi.publications import actions, queries, words
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import Publication, Review, State
from gongzhi.publications.tests.conftest import Make, photo, text_of
from tests import cast
from tests.cast import NOW, World

LATER = NOW + dt.timedelta(days=5)


def test_one_writes_another_releases_and_both_stand_in_the_trail(world: World, draft: Make) -> None:
    made = draft()
    writer, second = world.actor("secretary"), world.actor("supervisor")
    actions.submit_publication(by=writer, at=NOW, number=made.number)
    with pytest.raises(Refused, match="second_person"):
        actions.release_publication(by=writer, at=NOW, number=made.number)
    done = actions.release_publication(by=second, at=NOW, number=made.number)
    content = words.open_part(done, "record", done.record)
    assert done.state == State.RELEASED and hashlib.sha256(content).digest() == bytes(done.digest)
    entry = Entry.objects.get(action="publications.release", subject=done.reference)
    assert entry.changes["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry.changes["author"] == [writer.reference, second.reference]
    assert OutboxEvent.objects.filter(topic="publication.release").exists()
    assert verify_trail(by=cast.SETUP, at=NOW).valid


def test_who_may_not(world: World, draft: Make) -> None:
    made = draft()
    for who in ("resident", "grid_member", "auditor", "supervisor"):
        with pytest.raises((Forbidden, NotFound)):
            actions.begin_publication(
                by=world.actor(who), at=NOW, kind="notice", place=world.places["PC-1"], text=text_of("notice"),
                subject=Subject(),
            )  # fmt: skip
    with pytest.raises(Forbidden):  # a community's secretary does not write for the neighbouring one
        actions.begin_publication(
            by=world.actor("secretary"), at=NOW, kind="notice", place=world.places["PC-2"], text=text_of("notice"),
            subject=Subject(),
        )  # fmt: skip
    actions.submit_publication(by=world.actor("secretary"), at=NOW, number=made.number)
    with pytest.raises(Forbidden):  # writes, but releases nothing
        actions.release_publication(by=world.actor("dispatcher"), at=NOW, number=made.number)
    with pytest.raises(NotFound):
        actions.release_publication(by=world.actor("resident"), at=NOW, number=made.number)


def test_a_text_with_somebody_s_number_goes_nowhere_until_it_is_covered(world: World, draft: Make) -> None:
    made = draft(body="找5栋2单元301室的业主张三丰，电话13812345678。")
    by = world.actor("secretary")
    with pytest.raises(Refused, match="publication_incomplete"):
        actions.submit_publication(by=by, at=NOW, number=made.number)
    assert actions.cover_findings(by=by, at=NOW, number=made.number) == 3
    covered = Publication.objects.select_related("key").get(pk=made.pk)
    assert words.working(covered).body == "找▇▇▇的业主▇▇▇，电话▇▇▇。"
    kept = Review.objects.select_related("publication__key").get(publication=made, verdict="covered")
    assert "13812345678" in words.reviewed(kept).body  # the original stays, sealed
    assert b"13812345678" not in bytes(kept.words)
    assert actions.submit_publication(by=by, at=NOW, number=made.number).state == State.REVIEW


def test_what_is_released_cannot_change_whoever_asks_the_database(release: Make) -> None:
    done = release()
    fields: dict[str, Any] = {
        "record": b"other", "digest": b"x" * 32, "released_at": LATER, "expires_on": LATER.date(),
        "kind": "answer", "tone": "positive", "author": F("releaser"),
    }  # fmt: skip
    for name, value in fields.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.filter(pk=done.pk).update(**{name: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=done.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(publication=done).update(version=9)
    with pytest.raises(Conflict, match="publication_state"):
        actions.edit_publication(
            by=cast_actor(done), at=NOW, number=done.number, text=text_of("notice"),
            subject=Subject(),
        )  # fmt: skip


def cast_actor(done: Publication) -> Any:
    from gongzhi.people.queries import actor_for

    return actor_for(done.author, at=NOW, purpose="test")


@pytest.mark.req("O01")
def test_nobody_is_ever_named_on_a_criticism(world: World, draft: Make) -> None:
    person = world.people["neighbour"]
    people.grant_consent(by=world.actor("neighbour"), at=NOW, purpose="publication", version="1")
    with pytest.raises(Refused, match="no_person_here"):
        draft("exposure", named=person)
    with pytest.raises(Refused, match="subject_kind"):
        draft("exposure", subject=Subject("person"))
    made = draft("exposure")
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(named=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(subject_kind="person")


def test_the_database_wants_two_people_and_the_other_side_heard(world: World, draft: Make) -> None:
    made = draft("exposure")
    whole = {
        "state": "released", "releaser": world.people["supervisor"], "released_at": NOW, "record": b"r",
        "digest": b"d", "expires_on": dt.date(2026, 5, 1),
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(**whole)  # nobody was told
    told = {"noticed_at": NOW, "statement_until": NOW + dt.timedelta(days=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(**{**whole, **told})  # and could not speak yet
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(releaser=F("author"))


@pytest.mark.req("O01")
def test_a_criticism_goes_evidence_notice_statement_review_release(world: World, draft: Make) -> None:
    made = draft("exposure")
    by, number = world.actor("secretary"), made.number
    with pytest.raises(Refused, match="publication_incomplete"):  # no evidence
        actions.notify_party(by=by, at=NOW, number=number)
    actions.add_pictures(by=by, at=NOW, number=number, uploads=[photo()], evidence=True)
    with pytest.raises(Refused, match="notice_first"):
        actions.submit_publication(by=by, at=NOW, number=number)
    told = actions.notify_party(by=by, at=NOW, number=number)
    assert told.statement_until == LATER
    assert Notice.objects.filter(person=world.people["property"], kind="publication_notice").exists()
    with pytest.raises(Refused, match="publication_incomplete"):  # a second before the end
        actions.submit_publication(by=by, at=LATER - dt.timedelta(seconds=1), number=number)
    reply = actions.file_reply(by=world.actor("property"), at=NOW, number=number, text="已约人来清。")
    with pytest.raises(Refused, match="publication_incomplete"):  # their word was not looked at
        actions.submit_publication(by=by, at=LATER, number=number)
    actions.show_reply(by=world.actor("supervisor"), at=NOW, number=number, reply_id=reply.pk)
    actions.submit_publication(by=by, at=LATER, number=number)
    done = actions.release_publication(by=world.actor("supervisor"), at=LATER, number=number)
    assert done.expires_on == dt.date(2026, 4, 22)


def test_returned_with_a_reason_and_compared_with_the_version_before(world: World, draft: Make) -> None:
    made, by = draft(), world.actor("secretary")
    actions.submit_publication(by=by, at=NOW, number=made.number)
    with pytest.raises(Refused, match="note_missing"):
        actions.return_publication(by=world.actor("supervisor"), at=NOW, number=made.number, note=" ")
    back = actions.return_publication(by=world.actor("supervisor"), at=NOW, number=made.number, note="写清几点到几点")
    assert back.state == State.DRAFT
    text = text_of("notice", body="5月20日上午9点到12点，请绕行。")
    actions.edit_publication(by=by, at=NOW, number=made.number, text=text, subject=Subject())
    again = actions.submit_publication(by=by, at=NOW, number=made.number)
    changes = queries.changes_since_last_review(again, queries.versions_of(again))
    assert ("new", "5月20日上午9点到12点，请绕行。") in changes and again.version == 2


def test_the_record_holds_the_pictures_as_people_get_them(world: World, draft: Make) -> None:
    made, by = draft(), world.actor("secretary")
    row = actions.add_pictures(by=by, at=NOW, number=made.number, uploads=[photo()])[0]
    areas = [(0.1, 0.1, 0.5, 0.5)]
    actions.cover_picture(by=by, at=NOW, number=made.number, media_id=row.media_id, areas=areas)
    actions.submit_publication(by=by, at=NOW, number=made.number)
    done = actions.release_publication(by=world.actor("supervisor"), at=NOW, number=made.number)
    shown = words.released(done)["pictures"]
    from gongzhi.documents.queries import open_media

    content = open_media(Media.objects.get(pk=row.media_id), by=by, at=NOW, purpose="test")
    assert shown == [{"id": str(row.media_id), "sha256": hashlib.sha256(content).hexdigest()}]
    assert Media.objects.count() == 2  # the original is kept
    with pytest.raises(Conflict):
        actions.cover_picture(by=by, at=NOW, number=made.number, media_id=row.media_id, areas=areas)


def test_the_pack_s_limit_of_pins_holds(world: World, release: Make) -> None:
    by = world.actor("supervisor")
    for _ in range(3):
        actions.pin_publication(by=by, at=NOW, number=release().number, pinned=True)
    fourth = release()
    with pytest.raises(Refused, match="pin_limit"):
        actions.pin_publication(by=by, at=NOW, number=fourth.number, pinned=True)
    after = NOW + dt.timedelta(days=14)  # the first three stood their days
    assert actions.pin_publication(by=by, at=after, number=fourth.number, pinned=True).pinned_until


def test_a_dropped_draft_leaves_no_word(world: World, draft: Make) -> None:
    made = draft()
    actions.drop_publication(by=world.actor("secretary"), at=NOW, number=made.number)
    gone = Publication.objects.select_related("key").get(pk=made.pk)
    assert gone.state == State.DROPPED and words.working(gone).title == "" and gone.key.destroyed_at


def test_no_word_of_a_draft_lies_in_the_clear(draft: Make) -> None:
    made = draft(body="只给自己看的一句话")
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM publications_publication t WHERE id = %s", [made.pk])
        row = cursor.fetchone()[0]
    assert "只给自己看的一句话" not in row and "换水管" not in row
    assert json.dumps("换水管")[1:-1] not in row


def test_items_follow_their_place(release: Make, draft: Make) -> None:
    here, there = cast.ROOT + "PC-1/", cast.ROOT + "PC-9/"
    done, made = release(), draft()
    told = carry_along({here: there, there: cast.ROOT + "PC-8/"}, NOW)
    assert told["publications"].counts == {"publications": 2}  # nothing moves twice
    assert set(Publication.objects.filter(pk__in=[done.pk, made.pk]).values_list("path", flat=True)) == {there}

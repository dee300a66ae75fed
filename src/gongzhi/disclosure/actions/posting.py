"""What neighbours write: a message, a reply, taking one's own down; its end."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused, SignInRequired
from gongzhi.common.ids import readable_code, uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_, tidy
from gongzhi.disclosure import queries, rules, words
from gongzhi.disclosure.models import Message, State
from gongzhi.disclosure.rules import Said
from gongzhi.disclosure.words import Text
from gongzhi.documents.actions import Upload, attach_evidence, erase_media, store_photo
from gongzhi.documents.models import EvidencePurpose
from gongzhi.people import vault
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.people.actions.consenting import is_minor
from gongzhi.people.models import Person
from gongzhi.places.models import Place


def person_in(by: Actor) -> uuid.UUID:
    """Raises SignInRequired."""
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    return by.person_id


def neighbour(by: Actor, path: str, at: dt.datetime) -> uuid.UUID:
    """Who holds a home there, verified and today. Raises SignInRequired, Forbidden `not_a_neighbour`."""
    person = person_in(by)
    if not queries.lives_at(by, path, local_date(at)):
        message = N_("只有这个小区认证过的住户能发。业主、租客、家人都可以认证，在“我的住处”里登记。")
        raise Forbidden("not_a_neighbour", message)
    return person


@transaction.atomic
def post_message(
    *,
    by: Actor,
    at: dt.datetime,
    place: Place,
    kind: str,
    said: Said,
    about: str = "",
    pictures: Sequence[Upload] = (),
    cover: bool = False,
    request: uuid.UUID | None = None,
) -> Message:
    """A message for the neighbours of a compound. `cover`: what must not stand is covered; else it is refused.

    Raises SignInRequired, Forbidden `not_a_neighbour`, NotFound `unknown_kind`, Refused `missing_title`,
    `missing_body`, `too_long`, `personal_values`, `insulting`, `bad_called`, `too_many`, `too_many_pictures`,
    `unknown_matter`, `no_minors`, Conflict `activity_off`.
    """
    check_activity("neighbourhood")
    person, today = neighbour(by, place.path, at), local_date(at)
    if request and (earlier := Message.objects.filter(request=request, author_id=person).first()):
        return earlier
    found = queries.kind_of(kind, today)
    if about and about not in dict(queries.open_matters(by, place.path)):
        raise Refused("unknown_matter", N_("没有这个正在进行的表决或者程序。请从列表里选。"), field="about")
    if len(pictures) > (most := queries.numbers(today).pictures):
        raise Refused("too_many_pictures", N_("最多放 {most} 张照片。"), most=most, field="pictures")
    said = _checked(found, said, cover, today, reply=False)
    row = _make(person, place, found, said, at, request=request, about=about)
    for upload in pictures:
        media = store_photo(by=by, at=at, key=row.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=row.reference, purpose=EvidencePurpose.OTHER)
    record(by=by, at=at, action="disclosure.post", subject=row.reference, changes={"kind": kind, "state": row.state})
    return row


@transaction.atomic
def reply(
    *, by: Actor, at: dt.datetime, number: str, said: Said, cover: bool = False, request: uuid.UUID | None = None
) -> Message:
    """An answer under a message, which ends with it. Raises as post_message; Refused `no_replies`."""
    check_activity("neighbourhood")
    found = queries.get_message_for(by, number, at, lock=True)
    person, today = neighbour(by, found.path, at), local_date(at)
    if request and (earlier := Message.objects.filter(request=request, author_id=person).first()):
        return earlier
    rules.check_move("reply", found.state)
    kind = queries.kind_of(found.kind, today)
    if not kind.replies or found.answers_id is not None:
        raise Refused("no_replies", N_("这一条不能回复。"))
    said = _checked(kind, said, cover, today, reply=True)
    row = _make(person, found.place, kind, said, at, request=request, answers=found)
    record(by=by, at=at, action="disclosure.reply", subject=row.reference, changes={"of": found.reference})
    return row


def _checked(kind: rules.Kind, said: Said, cover: bool, today: dt.date, *, reply: bool) -> Said:
    said = Said(tidy(said.body), " ".join(said.title.split()), " ".join(said.called.split()))
    rules.check_length(kind, said, reply=reply)
    rules.check_called(said.called, queries.numbers(today).called_longest, queries.listed_words("offices", today))
    rules.check_polite(said, queries.listed_words("insults", today))
    said = rules.covered(said) if cover else said
    rules.check_clean(said)
    return said


def _make(
    person: uuid.UUID,
    place: Place,
    kind: rules.Kind,
    said: Said,
    at: dt.datetime,
    *,
    request: uuid.UUID | None,
    about: str = "",
    answers: Message | None = None,
) -> Message:
    today = local_date(at)
    numbers = queries.numbers(today)
    author = Person.objects.select_for_update().get(pk=person)
    if is_minor(author):
        raise Refused("no_minors", N_("不满 14 岁的，请家里的大人来发。"))
    is_reply = answers is not None
    sent = Message.objects.filter(author=author, posted_at__gt=at - dt.timedelta(days=1), answers__isnull=not is_reply)
    rules.check_pace(sent.count(), numbers.replies_per_day if is_reply else numbers.per_day)
    row = Message(pk=uuid7(), kind=kind.code, place=place, path=place.path, author=author, answers=answers)
    code = readable_code(load_keyring(settings.KEYS_DIR).derive("message-number"), str(row.pk), 5)
    row.number, row.pack, row.about = f"LL-{today:%y%m%d}-{code}", queries.reference(today), about
    row.key, _plain = vault.new_key("message", at)
    row.key.save(force_insert=True)
    byline = rules.byline_of(said.called, *queries.building_of(person, place.path, today), numbers.building_homes)
    row.words = words.seal_text(row, Text(said.title, said.body, byline))
    row.state, row.posted_at, row.request = rules.first_state(kind, reply=is_reply), at, request
    row.expires_on = answers.expires_on if answers else rules.expires_on(kind, at)
    row.save(force_insert=True)
    return row


@transaction.atomic
def withdraw(*, by: Actor, at: dt.datetime, number: str) -> Message:
    """The author takes it down: nobody reads it any more, its words and pictures are destroyed, replies stay unread.

    Raises SignInRequired, NotFound, Forbidden `not_author`, Conflict `message_state`.
    """
    person = person_in(by)
    row = queries.get_message_for(by, number, at, lock=True)
    if row.author_id != person:
        raise Forbidden("not_author", N_("只有发这一条的人能撤下。"))
    rules.check_move("withdraw", row.state)
    end(row, State.WITHDRAWN, at)
    destroy_words(row, by=by, at=at)
    record(by=by, at=at, action="disclosure.withdraw", subject=row.reference, changes={})
    return row


def end(row: Message, state: State, at: dt.datetime) -> None:
    row.state, row.ended_at = state, at
    row.save(update_fields=["state", "ended_at"])


def destroy_words(row: Message, *, by: Actor, at: dt.datetime) -> None:
    """No word or picture of it can be read again; number, time and decisions stay."""
    erase_media(by=by, at=at, key=row.key)
    destroy_key(row.key_id, at)


@transaction.atomic
def expire(*, by: Actor, at: dt.datetime, message: uuid.UUID) -> bool:
    """Its days are over; whether this was it."""
    row = Message.objects.select_for_update().get(pk=message)
    if row.ended_at is not None or row.expires_on > local_date(at):
        return False
    end(row, State.OVER, at)
    record(by=by, at=at, action="disclosure.expire", subject=row.reference, changes={})
    return True


@transaction.atomic
def forget(*, by: Actor, at: dt.datetime, message: uuid.UUID) -> None:
    """After its keeping days: words and pictures go, the record of what was decided stays."""
    row = Message.objects.select_for_update(of=("self",)).select_related("key").get(pk=message)
    destroy_words(row, by=by, at=at)
    record(by=by, at=at, action="disclosure.forget", subject=row.reference, changes={})

"""A name beside a good deed: the one named asks for it and consents, the author says that it is so; either ends it."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity, consent_given
from gongzhi.common.text import N_
from gongzhi.disclosure import queries, rules, words
from gongzhi.disclosure.actions.posting import neighbour, person_in
from gongzhi.disclosure.models import Message


@transaction.atomic
def ask_name(*, by: Actor, at: dt.datetime, number: str, name: str) -> Message:
    """ "This is about me, you may write my name": by the person alone, whose consent is on record (个人信息保护法 25).

    Raises SignInRequired, Forbidden `not_a_neighbour`, Refused `no_names`, `no_consent_to_name`, `bad_called`,
    Conflict `named_already`, `activity_off`.
    """
    check_activity("publication_named")
    row = queries.get_message_for(by, number, at, lock=True)
    person, today = neighbour(by, row.path, at), local_date(at)
    rules.check_move("name", row.state)
    if not queries.kind_of(row.kind, today).names or row.answers_id is not None or row.author_id in (None, person):
        raise Refused("no_names", N_("这一条不写名字。"))
    if row.named_id is not None:
        raise Conflict("named_already", N_("已经有人说这是他了。请刷新再看。"))
    if not consent_given(person, rules.NAMING):
        message = N_("请先在“我的账号”里同意公开名字，再来写。")
        raise Refused("no_consent_to_name", message, field="name")
    said = " ".join(name.split())
    rules.check_called(said, queries.numbers(today).called_longest, queries.listed_words("offices", today))
    if not said:
        raise Refused("bad_called", N_("请写想怎么称呼。"), field="name")
    row.named_id, row.named_words, row.named_at = person, words.seal(row, "named", said), at
    row.save(update_fields=["named", "named_words", "named_at"])
    record(by=by, at=at, action="disclosure.ask_name", subject=row.reference, changes={})
    return row


@transaction.atomic
def agree_name(*, by: Actor, at: dt.datetime, number: str) -> Message:
    """The author says that it was this person. Raises Forbidden `not_author`, Refused `nobody_named`."""
    row = queries.get_message_for(by, number, at, lock=True)
    if row.author_id is None or row.author_id != person_in(by):
        raise Forbidden("not_author", N_("只有发这一条的人能定。"))
    if row.named_id is None:
        raise Refused("nobody_named", N_("没有人说这是他。"))
    row.name_agreed_at = at
    row.save(update_fields=["name_agreed_at"])
    record(by=by, at=at, action="disclosure.agree_name", subject=row.reference, changes={})
    return row


@transaction.atomic
def drop_name(*, by: Actor, at: dt.datetime, number: str) -> Message:
    """The named person or the author takes the name off, whenever they like. Raises Forbidden `not_named`."""
    person = person_in(by)
    row = queries.get_message_for(by, number, at, lock=True)
    if row.named_id is None or person not in (row.named_id, row.author_id):
        raise Forbidden("not_named", N_("只有写到的人和发这一条的人能拿掉名字。"))
    clear_name(row)
    record(by=by, at=at, action="disclosure.drop_name", subject=row.reference, changes={})
    return row


def clear_name(row: Message) -> None:
    row.named, row.named_words, row.named_at, row.name_agreed_at = None, b"", None, None
    row.save(update_fields=["named", "named_words", "named_at", "name_agreed_at"])

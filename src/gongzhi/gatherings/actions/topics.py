"""Topics: proposed and joined by residents, made of cases by staff, answered by who calls the body's meetings."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused, SignInRequired
from gongzhi.common.ids import readable_code
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.gatherings import queries, rules, words
from gongzhi.gatherings.actions.calling import place_of
from gongzhi.gatherings.models import Topic, TopicSecond
from gongzhi.gatherings.queries import topics
from gongzhi.notifications.actions import emit
from gongzhi.people import vault
from gongzhi.people.models import Organization

MOST_OPEN, LONGEST_TITLE, LONGEST_WHY = 5, 120, 1000


@transaction.atomic
def propose_topic(*, by: Actor, at: dt.datetime, body: Organization, title: str, why: str) -> Topic:
    """A resident wants a body to talk about something; others may join in.

    Raises SignInRequired, Forbidden `not_of_this_place`, Refused `takes_no_topics`, `missing_title`,
    `missing_reason`, `too_many_topics`.
    """
    check_activity("gatherings")
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    _check_of_here(by, place_of(body).path, at)
    title, why = " ".join(tidy(title).split())[:LONGEST_TITLE], tidy(why)[:LONGEST_WHY]
    rules.check_proposal(title, why)
    if Topic.objects.filter(proposer_id=by.person_id, status="open").count() >= MOST_OPEN:
        raise Refused("too_many_topics", N_("您有 {most} 个议题还没答复。等答复了再提。"), most=MOST_OPEN)
    row = _make(body, title, why, at, proposer=by.person_id)
    record(by=by, at=at, action="gatherings.propose", subject=row.reference, changes={})
    return row


@transaction.atomic
def raise_topic(*, by: Actor, at: dt.datetime, body: Organization, source: str) -> Topic:
    """Repeated cases, or what was said in a talk, become a topic with one press; it needs no joining and no answer.

    Raises Forbidden, Refused `nothing_chosen`, `takes_no_topics`, Conflict `topic_there`.
    """
    require(by, rules.HOLD, path=place_of(body).path)
    chosen = next((one for one in topics.candidates(by, at) if one.source == source), None)
    if chosen is None:
        raise Refused("nothing_chosen", N_("还没选，或者选的已经是议题了。请刷新再选。"))
    row = _make(body, chosen.title, "", at, source=source, rows=chosen.rows)
    row.status, row.answered_at = "taken", at
    row.save(update_fields=["status", "answered_at"])
    for number in chosen.rows:
        link(by=by, at=at, source=row.reference, relation="follows", target=f"case:{number}")
    record(by=by, at=at, action="gatherings.raise", subject=row.reference, changes={"source": source})
    return row


def _check_of_here(by: Actor, path: str, at: dt.datetime) -> None:
    """Raises Forbidden `not_of_this_place`."""
    if not topics.may_speak(by, path, local_date(at)):
        message = N_(
            "提议题、附议的，是这里认定过的业主、住户和这里组织的成员。请到“我的住处”（/my/home/）登记，审过以后再来。别人可以看。"
        )
        raise Forbidden("not_of_this_place", message)


def _make(
    body: Organization,
    title: str,
    why: str,
    at: dt.datetime,
    *,
    proposer: uuid.UUID | None = None,
    source: str = "",
    rows: Sequence[str] = (),
) -> Topic:
    wanted = topics.wanted_by(body)
    if not wanted:
        raise Refused("takes_no_topics", N_("{body}不收议题。请换一个。"), body=body.name, field="body")
    key, plain = vault.new_key("topic", at)
    key.save(force_insert=True)
    code = readable_code(queries.number_key(), str(uuid.uuid4()), 5)
    row = Topic(number=f"YT-{local_date(at):%y%m%d}-{code}", organization=body, path=place_of(body).path, title=title)
    row.key, row.words = key, words.seal(row, plain, {"why": why})
    row.source, row.rows, row.wanted, row.proposed_at = source, list(rows), wanted, at
    row.proposer_id = proposer
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "gatherings_topic_source_once" not in str(error):
            raise
        raise Conflict("topic_there", N_("这件事已经是{body}的议题了。"), body=body.name) from error
    return row


@transaction.atomic
def second_topic(*, by: Actor, at: dt.datetime, number: str) -> int:
    """附议, once for each person, while it is open; how many joined by now.

    Raises SignInRequired, Forbidden `not_of_this_place`, Refused `own_topic`, Conflict `topic_answered`.
    """
    check_activity("gatherings")
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    row = _locked(by, number)
    _check_of_here(by, row.path, at)
    if row.proposer_id == by.person_id:
        raise Refused("own_topic", N_("这是您自己提的，不用附议。"))
    if row.status != "open":
        raise Conflict("topic_answered", N_("这个议题已经答复过了。请刷新再看。"))
    _, new = TopicSecond.objects.get_or_create(topic=row, person_id=by.person_id, defaults={"at": at})
    if new:
        record(by=by, at=at, action="gatherings.second", subject=row.reference, changes={})
    return row.seconds.count()


@transaction.atomic
def answer_topic(*, by: Actor, at: dt.datetime, number: str, taken: bool, reason: str) -> Topic:
    """The chair takes it or not, with a reason; the proposer is told.

    One that enough people joined is not declined without a word either: a reason always goes back. Raises Forbidden,
    Refused `missing_reason`, Conflict `topic_answered`.
    """
    row = _locked(by, number)
    require(by, rules.HOLD, path=row.path)
    reason = tidy(reason)[:LONGEST_WHY]
    rules.check_answer(row.status, reason)
    words.reseal(row, reason=reason)
    row.status, row.answered_at = ("taken" if taken else "declined"), at
    row.save(update_fields=["status", "answered_at", "words"])
    record(by=by, at=at, action="gatherings.answer_topic", subject=row.reference, changes={"status": row.status})
    tell_proposer(row, row.status, at)
    return row


def _locked(by: Actor, number: str) -> Topic:
    found = topics.get_topic_for(by, number)
    return Topic.objects.select_for_update(of=("self",)).select_related("key").get(pk=found.pk)


def tell_proposer(row: Topic, what: str, at: dt.datetime) -> None:
    """Back to who proposed it: answered, announced, decided."""
    if row.proposer_id is not None:
        emit("topic.told", {"number": row.number, "what": what, "at": at.isoformat()}, at=at)

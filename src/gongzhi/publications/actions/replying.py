"""Right of reply: what the body or person concerned says stands beside the item; a refusal needs two people."""

import contextlib
import datetime as dt
import hmac

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.duties.actions import open_duty, show_evidence
from gongzhi.notifications.actions import notify_person
from gongzhi.people.models import Person
from gongzhi.publications import queries, rules, words
from gongzhi.publications.actions.writing import acting
from gongzhi.publications.models import Publication, Reply, ReplyState, State
from gongzhi.publications.rules import lint

LONGEST_REPLY = 2000
ANSWERING = "publication.reply"  # the schedule rule of a reply that waits


def may_reply(actor: Actor, publication: Publication, code: str = "") -> bool:
    """A holder of a post in the body concerned, or whoever has the word from its notice."""
    held = {scope.organization_id for scope in actor.scopes}
    concerned = publication.party_id is not None and publication.party_id in held
    return concerned or hmac.compare_digest(code.strip().upper().encode(), queries.reply_code(publication).encode())


@transaction.atomic
def file_reply(*, by: Actor, at: dt.datetime, number: str, text: str, code: str = "") -> Reply:
    """A statement before the release, a reply after it, by the body concerned or with the word of its notice.

    Raises NotFound for everybody else (`publication_not_found`); Refused `reply_missing`, `too_long`, `reply_late`,
    `statement_late`; Conflict `publication_state`.
    """
    found = Publication.objects.select_for_update(of=("self",)).select_related(*queries.JOINED)
    publication = found.filter(number=number).first()
    if publication is None or not may_reply(by, publication, code):
        raise NotFound("publication_not_found", N_("编号或回应码不对。请对着告知书再看一遍。"))
    before = publication.state in (State.STATEMENT, State.DRAFT, State.REVIEW)
    _check_time(publication, at, before=before)
    text = tidy(text)
    if not text:
        raise Refused("reply_missing", N_("请写下您要说的话。"), field="text")
    if len(text) > LONGEST_REPLY:
        raise Refused("too_long", N_("写得太长，最多 {longest} 个字。"), longest=LONGEST_REPLY, field="text")
    reply = Reply(publication=publication, before_release=before, filed_at=at, organization=publication.party)
    reply.by = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    reply.words = words.seal_part(publication, "reply", text.encode())
    reply.save(force_insert=True)
    changes = {"reply": reply.pk, "before": before}
    record(by=by, at=at, action="publications.reply", subject=publication.reference, changes=changes)
    _await_word(publication, at)
    params = {"number": publication.number}
    notify_person(
        by=by,
        at=at,
        person_id=publication.author_id,
        kind="publication_reply",
        params=params,
        subject=publication.reference,
        dedupe_key=f"{publication.reference}:reply:{reply.pk}",
    )
    return reply


def _await_word(publication: Publication, at: dt.datetime) -> None:
    """Whoever releases there owes a word on it, with a clock and a ladder, where the schedule rules are installed."""
    with contextlib.suppress(NotFound):
        open_duty(
            by=system_actor("publications"),
            at=at,
            rule=ANSWERING,
            subject=publication.reference,
            path=publication.path,
            on=local_date(at),
        )


def _check_time(publication: Publication, at: dt.datetime, *, before: bool) -> None:
    rules.check_step("state" if before else "reply", publication.state)
    if before and publication.statement_until is not None and at > publication.statement_until:
        raise Refused("statement_late", N_("陈述期已经过了。发布以后还可以回应，登在旁边。"))
    if not before and publication.released_at is not None:
        rules.check_reply_time(publication.released_at, queries.kind_of(publication.kind).reply_days, at)


def _locked_reply(by: Actor, number: str, reply_id: int, *states: ReplyState) -> Reply:
    """Raises Forbidden, NotFound `reply_not_found`."""
    publication = queries.get_publication_for(by, number, lock=True)
    require(by, rules.RELEASE, path=publication.path)
    rows = publication.replies.select_for_update(of=("self",)).select_related("publication__key")
    reply = rows.filter(pk=reply_id, state__in=states).first()
    if reply is None:
        raise NotFound("reply_not_found", N_("这条回应已经定了。请刷新再看。"))
    return reply


def _decided(reply: Reply, state: ReplyState, *, by: Actor, at: dt.datetime) -> None:
    reply.state, reply.decided_at = state, at
    reply.decider = acting(by)
    reply.decider_post_id = queries.post_of(by, rules.RELEASE, reply.publication.path)
    reply.save()
    Publication.objects.filter(pk=reply.publication_id).update(changed_at=at)
    changes = {"reply": reply.pk, "state": str(state)}
    subject = reply.publication.reference
    record(by=by, at=at, action="publications.decide_reply", subject=subject, changes=changes)
    if not reply.publication.replies.filter(state__in=(ReplyState.FILED, ReplyState.REFUSING)).exists():
        show_evidence(by=by, at=at, subject=subject, evidence=subject, on=local_date(at))


@transaction.atomic
def show_reply(*, by: Actor, at: dt.datetime, number: str, reply_id: int, shown: str = "") -> Reply:
    """Put it beside the item, word for word; `shown` is the same text with people's numbers covered (▇▇▇).

    Raises Refused `reply_changed` for any other change, `not_for_public` for what still must be covered.
    """
    reply = _locked_reply(by, number, reply_id, ReplyState.FILED, ReplyState.REFUSING)
    original = words.reply_words(reply)
    shown = tidy(shown) or original
    if not lint.only_covered(original, shown):
        raise Refused("reply_changed", N_("回应的话一个字也不能改，只能用 ▇▇▇ 遮住号码、门牌和人名。"), field="shown")
    left = lint.forbidden(lint.find_in("shown", shown), negative=True, confirmed=("name",))
    if left:
        message = N_("里面还有{kind}：{found}。用 ▇▇▇ 遮住再登。")
        raise Refused("not_for_public", message, kind=lint.WORDS[left[0].kind], found=left[0].found, field="shown")
    reply.shown = words.seal_part(reply.publication, "reply-shown", shown.encode())
    _decided(reply, ReplyState.SHOWN, by=by, at=at)
    return reply


@transaction.atomic
def propose_refusal(*, by: Actor, at: dt.datetime, number: str, reply_id: int, reason: str) -> Reply:
    """提议不登, with the reason; a second person decides. Raises Refused `note_missing`."""
    reply = _locked_reply(by, number, reply_id, ReplyState.FILED)
    if not reason.strip():
        raise Refused("note_missing", N_("请写明为什么不登。"), field="reason")
    reply.state, reply.proposer = ReplyState.REFUSING, acting(by)
    reply.reason = words.seal_part(reply.publication, "reply-reason", tidy(reason).encode())
    reply.save(update_fields=["state", "proposer", "reason"])
    changes = {"reply": reply.pk}
    subject = reply.publication.reference
    record(by=by, at=at, action="publications.propose_refusal", subject=subject, changes=changes)
    return reply


@transaction.atomic
def decide_refusal(*, by: Actor, at: dt.datetime, number: str, reply_id: int) -> Reply:
    """The second person agrees that it is not shown. Raises Refused `second_person`."""
    reply = _locked_reply(by, number, reply_id, ReplyState.REFUSING)
    rules.check_second_person(reply.proposer_id, by.person_id)
    _decided(reply, ReplyState.REFUSED, by=by, at=at)
    return reply

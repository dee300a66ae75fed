"""What becomes of a claim: answered, called off, handed over, brought back, missed, confirmed, rated."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from gongzhi.common import sealing
from gongzhi.common.access import Actor, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.exchange import queries, rules
from gongzhi.exchange.actions.claiming import give_back, next_look, promote, seal_words
from gongzhi.exchange.actions.steps import happened
from gongzhi.exchange.models import Claim, Fulfilment, Offer, Rating, State
from gongzhi.exchange.queries import claims as reads
from gongzhi.packs.sharing_contents import OfferPack
from gongzhi.people import vault

MOST_FILES = 6


@dataclass(slots=True)
class Answering:
    """A claim on an offer, both held, with its kind."""

    claim: Claim
    offer: Offer
    pack: OfferPack


def _held(by: Actor, number: str) -> Answering:
    """The offer first, then the claim: the same order everywhere. Raises NotFound, Conflict `not_an_offer`."""
    found = reads.get_claim_for(by, number)
    if found.offer is None:
        raise Conflict("not_an_offer", N_("这是对心愿的认领，请在心愿那一页办。"))
    offer = queries.get_offer(found.offer.number, lock=True)
    claim = reads.get_claim_for(by, number, lock=True)
    claim.offer = offer
    return Answering(claim, offer, queries.kind_of(offer))


def providing(by: Actor, number: str) -> Answering:
    """Raises Forbidden `not_the_provider`."""
    found = _held(by, number)
    if not (queries.may_serve(by, found.offer) or queries.may_keep(by, found.claim)):
        raise Forbidden("not_the_provider", N_("这一步由提供的单位来办。"))
    if found.claim.person_id == by.person_id:
        raise Forbidden("own_claim", N_("自己约的，请单位里别的人来办。"))
    return found


def taking(by: Actor, number: str) -> Answering:
    """Raises Forbidden `not_yours`."""
    found = _held(by, number)
    if not reads.takes(by, found.claim):
        raise Forbidden("not_yours", N_("这一步由约的人自己办。"))
    return found


def step_on(found: Answering, step: str, *, by: Actor, at: dt.datetime, note: str = "") -> Claim:
    target = rules.moved(rules.MOVES, found.claim.state, step)
    next_at = next_look(found.claim, found.pack, target, at)
    happened(found.claim, step, by=by, at=at, note=note, next_at=next_at)
    if target not in rules.HOLDING:
        promote(found.offer, by=system_actor("exchange"), at=at)
    return found.claim


@transaction.atomic
def approve_claim(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Claim:
    """The provider says yes. Raises NotFound, Forbidden, Conflict `not_now`."""
    return step_on(providing(by, number), "approve", by=by, at=at, note=note)


@transaction.atomic
def refuse_claim(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str = "") -> Claim:
    """The provider says no, with one of the pack's reasons. Raises Refused `reason_missing`, Conflict `not_now`."""
    found = providing(by, number)
    words = {one.code: one.name for one in queries.sharing(local_date(at)).reasons}
    if reason not in words:
        raise Refused("reason_missing", N_("请选一个理由，让对方知道为什么。"), field="reason")
    claim = step_on(found, "refuse", by=by, at=at, note="：".join(filter(None, (words[reason], note.strip()))))
    give_back(found.claim, found.offer, found.pack, at=at)
    return claim


@transaction.atomic
def cancel_claim(*, by: Actor, at: dt.datetime, number: str) -> Claim:
    """The taker calls it off; after the last hour for it, it counts like not coming, and says so before.

    Raises NotFound, Forbidden, Conflict `not_now`, `too_late_to_cancel`.
    """
    found = taking(by, number)
    booking = found.pack.booking
    held = found.claim.state == State.HELD
    if booking and held and not rules.may_still_cancel(found.claim.starts_at, booking.cancel, at):
        message = N_("离开始不到 {hours} 小时，网上不能取消了。来不了，请给提供的单位打个电话。")
        raise Conflict("too_late_to_cancel", message, hours=booking.cancel)
    claim = step_on(found, "cancel", by=by, at=at)
    give_back(found.claim, found.offer, found.pack, at=at)
    return claim


@transaction.atomic
def recall_claim(*, by: Actor, at: dt.datetime, number: str, note: str) -> Claim:
    """The provider cannot give it after all; it never counts against the taker. Raises Refused `words_missing`."""
    found = providing(by, number)
    claim = step_on(found, "recall", by=by, at=at, note=rules.check_length(note, rules.LONGEST_NOTE, "note"))
    give_back(found.claim, found.offer, found.pack, at=at)
    return claim


@transaction.atomic
def hand_over(*, by: Actor, at: dt.datetime, number: str, code: str = "") -> Claim:
    """The thing or the key is handed over; where the kind has a code, the taker shows it.

    What is used up at once (a courtesy, a meal) is delivered with it. Raises Refused `code_wrong`, Conflict `not_now`,
    `too_early`.
    """
    found = providing(by, number)
    if found.pack.code and "".join(code.split()).upper() != queries.code_of(found.claim):
        raise Refused("code_wrong", N_("码不对。请让对方打开“我的约和借”，把码给您看。"), field="code")
    begins = found.claim.starts_at
    if begins and found.pack.booking and at < begins - dt.timedelta(hours=1):
        raise Conflict("too_early", N_("还没到时间，提前一小时以内才能交。"))
    if found.pack.shape in ("stock", "order"):
        return step_on(found, "deliver", by=by, at=at)
    return step_on(found, "hand", by=by, at=at)


@transaction.atomic
def deliver_claim(
    *, by: Actor, at: dt.datetime, number: str, note: str = "", uploads: Sequence[Upload] = ()
) -> Claim:
    """The provider has done it, or has the thing back. Raises Refused `too_many_files`, Conflict `not_now`."""
    claim = step_on(providing(by, number), "deliver", by=by, at=at, note=note)
    attach_to(claim, uploads, by=by, at=at)
    return claim


def attach_to(claim: Claim, uploads: Sequence[Upload], *, by: Actor, at: dt.datetime) -> None:
    """Papers beside the newest step of a claim, under its key. Raises Refused `too_many_files`."""
    if len(uploads) > MOST_FILES:
        raise Refused("too_many_files", N_("一次最多传 {most} 个文件。"), most=MOST_FILES, field="files")
    if uploads and claim.key is None:
        seal_words(claim, at)
        claim.save(update_fields=["key", "words"])
    step = claim.steps.latest("id")
    for upload in uploads:
        assert claim.key is not None  # noqa: S101 - made above
        media = store_upload(by=by, at=at, key=claim.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=step.reference, purpose="document")


@transaction.atomic
def inspect_claim(*, by: Actor, at: dt.datetime, number: str, note: str) -> Fulfilment:
    """How a plot is kept, what a day of care was like: written while it runs. Raises Refused `words_missing`."""
    found = providing(by, number)
    if found.claim.state not in (State.HELD, State.RUNNING):
        raise Conflict("not_now", N_("现在办不了这一步，可能别人刚办过。请刷新看看。"))
    note = rules.check_length(note, rules.LONGEST_NOTE, "note")
    if not found.pack.sealed:
        return happened(found.claim, "inspect", by=by, at=at, note=note, next_at=found.claim.next_at)
    # What a day of care was like is about somebody's health: the step stays open to read, its words do not.
    step = happened(found.claim, "inspect", by=by, at=at, next_at=found.claim.next_at)
    seal_words(found.claim, at, **{f"step:{step.pk}": note})
    found.claim.save(update_fields=["words", "key"])
    return step


@transaction.atomic
def mark_attendance(*, by: Actor, at: dt.datetime, number: str, came: Collection[str]) -> int:
    """Who of those enrolled came today, by the numbers of their claims; once a day each, sent twice or not.

    Returns how many were marked. Raises Forbidden `not_the_provider`, Refused `nobody_marked`, `not_enrolled`.
    """
    offer = queries.get_offer(number, lock=True)
    if not queries.may_serve(by, offer):
        raise Forbidden("not_the_provider", N_("这一步由提供的单位来办。"))
    if not queries.kind_of(offer).attended:
        raise Conflict("not_attended", N_("这一种不用每天记谁来了。"))
    enrolled = {claim.number: claim for claim in reads.enrolled(offer)}
    if not came:
        raise Refused("nobody_marked", N_("请先点今天来了的人。"), field="came")
    if not set(came) <= set(enrolled):
        raise Refused("not_enrolled", N_("有人已经不在名单上了。请刷新再点。"), field="came")
    there = reads.attended(offer, local_date(at))
    new = [enrolled[one] for one in sorted(set(came) - there)]
    for claim in new:
        happened(claim, "attend", by=by, at=at, next_at=claim.next_at)
    return len(new)


@transaction.atomic
def confirm_claim(*, by: Actor, at: dt.datetime, number: str) -> Claim:
    """The taker says that it was done. Raises Forbidden, Conflict `not_now`."""
    return step_on(taking(by, number), "confirm", by=by, at=at)


@transaction.atomic
def dispute_claim(*, by: Actor, at: dt.datetime, number: str, note: str) -> Claim:
    """The taker says that it was not; it goes back to the provider. Raises Refused `words_missing`."""
    note = rules.check_length(note, rules.LONGEST_NOTE, "note")
    found = taking(by, number)
    target = rules.moved(rules.MOVES, found.claim.state, "dispute")
    assert target == State.HELD  # noqa: S101 - as the table says
    happened(found.claim, "dispute", by=by, at=at, note=note)
    return found.claim


@transaction.atomic
def miss_claim(*, by: Actor, at: dt.datetime, number: str) -> Claim:
    """Nobody came within the time of grace. Raises Conflict `too_early`, `not_now`."""
    found = providing(by, number)
    begins, booking = found.claim.starts_at, found.pack.booking
    if begins is None or booking is None:
        raise Conflict("not_now", N_("只有按时间约的，才记“没来”。"))
    if at < begins + dt.timedelta(minutes=booking.grace):
        message = N_("等够 {minutes} 分钟再记“没来”。")
        raise Conflict("too_early", message, minutes=booking.grace)
    return step_on(found, "miss", by=by, at=at)


@transaction.atomic
def appeal_miss(*, by: Actor, at: dt.datetime, number: str, words: str) -> Claim:
    """没来的申诉: why it should not count; only who answers reads it. Raises Conflict `appeal_over`, `appealed`."""
    found = taking(by, number)
    claim, booking = found.claim, found.pack.booking
    rules.moved(rules.MOVES, claim.state, "appeal")
    missed = claim.steps.filter(step="miss").order_by("-id").first()
    if booking is None or missed is None or at > missed.at + dt.timedelta(days=booking.appeal):
        raise Conflict("appeal_over", N_("申诉的日子过了。有特殊情况，请直接找社区。"))
    if claim.steps.filter(step="appeal").exists():
        raise Conflict("appealed", N_("已经申诉过，请等答复。"))
    text = rules.check_length(words, rules.LONGEST_WORDS, "words")
    seal_words(claim, at, appeal=text)
    return step_on(found, "appeal", by=by, at=at)


@transaction.atomic
def answer_appeal(*, by: Actor, at: dt.datetime, number: str, excuse: bool, note: str) -> Claim:
    """Somebody else than who wrote the miss decides. Raises Conflict `nothing_appealed`, Forbidden `same_person`."""
    found = providing(by, number)
    claim = found.claim
    missed = claim.steps.filter(step="miss").order_by("-id").first()
    if not claim.steps.filter(step="appeal").exists() or claim.steps.filter(step__in=("excuse", "keep")).exists():
        raise Conflict("nothing_appealed", N_("这一件没有等答复的申诉。"))
    if missed is not None and missed.by_id == by.person_id:
        raise Forbidden("same_person", N_("“没来”是您记的，申诉请别的人来答复。"))
    note = rules.check_length(note, rules.LONGEST_NOTE, "note")
    return step_on(found, "excuse" if excuse else "keep", by=by, at=at, note=note)


@transaction.atomic
def rate_claim(*, by: Actor, at: dt.datetime, number: str, points: int, words: str = "") -> Rating:
    """How it was, once, by who took it. Raises Refused `points_missing`, Conflict `not_now`, `rated_already`."""
    found = taking(by, number)
    claim = found.claim
    if claim.state != State.DONE:
        raise Conflict("not_now", N_("办好了才能评价。"))
    if Rating.objects.filter(claim=claim).exists():
        raise Conflict("rated_already", N_("已经评价过了，评价不改。"))
    if not 1 <= points <= 5:
        raise Refused("points_missing", N_("请选几颗星。"), field="points")
    rating = Rating(claim=claim, points=points, at=at)
    if words.strip():
        seal_words(claim, at)
        assert claim.key is not None  # noqa: S101 - made above
        plain = vault.open_key(claim.key)
        rating.words = sealing.seal(plain, words.strip()[: rules.LONGEST_WORDS].encode(), f"{claim.reference}:rating")
    rating.save(force_insert=True)
    happened(claim, "rate", by=by, at=at)
    return rating


@transaction.atomic
def turn_claim(*, by: Actor, at: dt.datetime, number: str) -> Claim:
    """Called by the clock: what its time says, and nothing else; again changes nothing."""
    check_activity("sharing")
    found = _held(by, number)
    claim = found.claim
    if claim.next_at is None or claim.next_at > at:
        return claim
    turns: dict[str, Callable[[], Claim]] = {
        State.ASKED: lambda: _unanswered(found, by=by, at=at),
        State.LACKING: lambda: _lapse(found, by=by, at=at),
        State.WAITING: lambda: _lapse(found, by=by, at=at),
        State.HELD: lambda: _run_out(found, by=by, at=at),
        State.DELIVERED: lambda: step_on(found, "settle", by=by, at=at),
    }
    turn = turns.get(claim.state)
    return turn() if turn else claim


def _unanswered(found: Answering, *, by: Actor, at: dt.datetime) -> Claim:
    """Nobody said in time what is missing: a matter counts as taken up from then on; anything else lapses."""
    return step_on(found, "approve", by=by, at=at) if found.pack.guide else _lapse(found, by=by, at=at)


def _lapse(found: Answering, *, by: Actor, at: dt.datetime) -> Claim:
    claim = step_on(found, "lapse", by=by, at=at)
    give_back(found.claim, found.offer, found.pack, at=at)
    return claim


def _run_out(found: Answering, *, by: Actor, at: dt.datetime) -> Claim:
    """A time that is over was used, unless somebody wrote that nobody came; a courtesy nobody fetched is gone."""
    if found.pack.shape == "time":
        return step_on(found, "deliver", by=by, at=at)
    claim = step_on(found, "cancel", by=by, at=at)
    give_back(found.claim, found.offer, found.pack, at=at)
    return claim

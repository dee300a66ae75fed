"""心愿和互助: asked for by the person or a helper, looked at, published without a name, taken on, done, confirmed."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import log_access, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import ends, local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.ids import readable_code, uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.exchange import queries, rules, words
from gongzhi.exchange.actions.claiming import new_number
from gongzhi.exchange.actions.offering import public_text
from gongzhi.exchange.actions.steps import happened
from gongzhi.exchange.models import LIVE, Claim, Need, State, Wish
from gongzhi.exchange.queries import needs as reads
from gongzhi.notifications.actions import emit
from gongzhi.packs.sharing_contents import NeedPack
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.people.queries import account_of
from gongzhi.places.models import Place

LONGEST_MORE = 500
_SEALED = ("name", "phone", "where", "more", "guardian")
CONSENTS = ("said", "signed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wishes for. `title` and `about` are for everybody; the rest is sealed.

    `for_other`: a helper fills it in with `consent` (said or signed). `guardian`: who agreed for somebody under age.
    """

    kind: str
    category: str
    title: str
    place: Place
    about: str = ""
    name: str = ""
    phone: str = ""
    where: str = ""
    more: str = ""
    for_other: bool = False
    consent: str = ""
    minor: bool = False
    guardian: str = ""
    minutes: int | None = None
    request: uuid.UUID | None = None


@transaction.atomic
def ask_need(*, by: Actor, at: dt.datetime, asked: Asked) -> Need:
    """Waits for somebody to look at it; nobody else reads it before.

    Raises SignInRequired, NotFound `unknown_need_kind`, Refused `words_missing`, `too_long`, `not_for_public`,
    `no_cash`, `category_missing`, `consent_missing`, `guardian_missing`, `name_missing`, Conflict `too_many_open`.
    """
    check_activity("sharing")
    person = account_of(by)
    if asked.request and (before := Need.objects.filter(request=asked.request).first()):
        return before
    today = local_date(at)
    pack, reference = _kind(asked.kind, today)
    open_now = reads.own(by).filter(status__in=(Wish.ASKED, Wish.OPEN, Wish.TAKEN))
    if not asked.for_other:
        rules.check_open(open_now.filter(helper__isnull=True).count(), pack.most)
    row = Need(kind=asked.kind, pack=reference, place=asked.place, path=asked.place.path, request=asked.request)
    row.number = _number(today)
    _describe(row, pack, asked)
    _whose(row, pack, asked, person)
    row.key, plain = vault.new_key("need", at)
    row.key.save(force_insert=True)
    row.words = words.seal(row, plain, {name: getattr(asked, name).strip()[:LONGEST_MORE] for name in _SEALED})
    row.status, row.asked_at = Wish.ASKED, at
    row.save(force_insert=True)
    changes = {"kind": row.kind, "category": row.category, "for_other": asked.for_other}
    record(by=by, at=at, action="exchange.ask_need", subject=row.reference, changes=changes)
    _news(row, "asked", at)
    return row


def _kind(kind: str, on: dt.date) -> tuple[NeedPack, str]:
    found = queries.need_kinds(on).get(kind)
    if found is None:
        raise NotFound("unknown_need_kind", N_("没有这一种。请从列表里选。"), field="kind")
    return found


def _number(day: dt.date) -> str:
    return f"XY-{day:%y%m%d}-{readable_code(queries.number_key(), str(uuid7()), 6)}"


def _describe(row: Need, pack: NeedPack, asked: Asked) -> None:
    if asked.category not in {one.code for one in pack.categories}:
        raise Refused("category_missing", N_("请选是哪一类。"), field="category")
    rules.check_no_cash(pack.cash, asked.title, asked.about, asked.more)
    row.category = asked.category
    row.title = public_text(asked.title, rules.LONGEST_TITLE, "title")
    row.about = public_text(asked.about, rules.LONGEST_NEED, "about", needed=False)
    row.minutes = asked.minutes if pack.minutes else None


def _whose(row: Need, pack: NeedPack, asked: Asked, person: Person) -> None:
    """The person's own, or a helper's with their yes; under the law's age with a guardian's (个人信息保护法 31)."""
    if asked.for_other:
        if asked.consent not in CONSENTS:
            message = N_("替别人填，要本人同意。请选本人是口头同意的，还是签了字。")
            raise Refused("consent_missing", message, field="consent")
        if not asked.name.strip():
            raise Refused("name_missing", N_("请写替谁填的，怎么称呼。只有审核和来帮忙的人看得到。"), field="name")
    row.person, row.helper = (None, person) if asked.for_other else (person, None)
    row.consent, row.minor = asked.consent if asked.for_other else "", asked.minor
    if asked.minor and not asked.guardian.strip():
        message = N_("未满 {under} 周岁，要监护人同意。请写监护人怎么称呼、怎么同意的。")
        raise Refused("guardian_missing", message, under=pack.guardian_under, field="guardian")


def _news(row: Need, step: str, at: dt.datetime) -> None:
    emit("need.moved", {"number": row.number, "step": step, "at": at.isoformat()}, at=at)


def _move(row: Need, move: str, *, by: Actor, at: dt.datetime) -> Need:
    before, row.status = row.status, rules.moved(rules.NEED_MOVES, row.status, move)
    row.save()
    changes = {"status": [before, row.status]}
    record(by=by, at=at, action=f"exchange.{move}_need", subject=row.reference, changes=changes)
    _news(row, move, at)
    return row


@transaction.atomic
def check_need(
    *, by: Actor, at: dt.datetime, number: str, publish: bool, reason: str = "", title: str = "", about: str = ""
) -> Need:
    """审核: somebody who neither asked nor filled it in; the public words may be made plainer, never longer in facts.

    Raises Forbidden `second_person`, Refused `words_missing`, `not_for_public`, Conflict `not_now`.
    """
    row = reads.get_need(number, lock=True)
    require(by, rules.KEEP, path=row.path)
    if reads.asks(by, row):
        raise Forbidden("second_person", N_("这是您自己填的，请别人来审核。"))
    row.checked_by, row.checked_at = account_of(by), at
    if not publish:
        row.reason = rules.check_length(reason, rules.LONGEST_NOTE, "reason")
        return _move(row, "refuse", by=by, at=at)
    pack = reads.kind_of(row)
    if title.strip():
        row.title = public_text(title, rules.LONGEST_TITLE, "title")
    row.about = public_text(about, rules.LONGEST_NEED, "about", needed=False) if about.strip() else row.about
    rules.check_no_cash(pack.cash, row.title, row.about)
    row.until = local_date(at) + dt.timedelta(days=pack.days)
    return _move(row, "publish", by=by, at=at)


@transaction.atomic
def withdraw_need(*, by: Actor, at: dt.datetime, number: str) -> Need:
    """Not needed any more; whoever helps is told. Raises Forbidden `not_yours`, Conflict `not_now`."""
    row = _own(by, number)
    for claim in row.claims.filter(state__in=LIVE).select_related("key"):
        happened(claim, "recall" if claim.state in ("held", "running") else "cancel", by=by, at=at)
    return _move(row, "withdraw", by=by, at=at)


def _own(by: Actor, number: str) -> Need:
    row = reads.get_need(number, lock=True)
    if not reads.asks(by, row):
        raise Forbidden("not_yours", N_("这一步由提出的人，或者替他填的人来办。"))
    return row


# --- somebody helps -----------------------------------------------------------------------------------------------


@transaction.atomic
def take_need(*, by: Actor, at: dt.datetime, number: str, note: str = "", request: uuid.UUID | None = None) -> Claim:
    """认领: whoever asked, and the community, see who wants to help; they say yes before names are told.

    Raises SignInRequired, Forbidden `own_need`, Conflict `not_now`, `taken_already`.
    """
    check_activity("sharing")
    person = account_of(by)
    if request and (before := Claim.objects.filter(request=request, person=person).first()):
        return before
    row = reads.get_need(number, lock=True)
    if reads.asks(by, row):
        raise Forbidden("own_need", N_("这是您自己提出的。"))
    if row.status != Wish.OPEN:
        raise Conflict("not_now", N_("这件事已经有人在帮，或者不需要了。谢谢您，看看别的吧。"))
    if row.claims.filter(person=person, state__in=LIVE).exists():
        raise Conflict("taken_already", N_("您已经认领了，等对方答复。"))
    claim = Claim(pk=uuid7(), need=row, path=row.path, person=person, state=State.ASKED, asked_at=at, request=request)
    claim.number = new_number(claim, "RL", local_date(at))
    claim.save(force_insert=True)
    last = ends(row.until) if row.until else None
    happened(claim, "book", by=by, at=at, note=note, next_at=last)
    return claim


def _claimed(by: Actor, number: str, claim_number: str) -> tuple[Need, Claim]:
    """The need first, then the claim: the same order everywhere. Raises NotFound, Forbidden `not_yours`."""
    row = reads.get_need(number, lock=True)
    if not (reads.asks(by, row) or reads.may_keep(by, row)):
        raise Forbidden("not_yours", N_("这一步由提出的人，或者社区来办。"))
    claim = row.claims.select_for_update(of=("self",)).select_related("key").filter(number=claim_number).first()
    if claim is None:
        raise NotFound("claim_not_found", N_("没有这个认领，可能已经收回了。请刷新看看。"))
    if claim.person_id == by.person_id:
        raise Forbidden("own_claim", N_("这是您自己的认领，请别人来答复。"))
    return row, claim


@transaction.atomic
def accept_help(*, by: Actor, at: dt.datetime, number: str, claim: str) -> Claim:
    """Yes to one who wants to help; the others are thanked. From now on the helper may read name and door."""
    row, found = _claimed(by, number, claim)
    _move(row, "take", by=by, at=at)
    happened(found, "approve", by=by, at=at)
    for other in row.claims.filter(state=State.ASKED).select_related("key"):
        happened(other, "refuse", by=by, at=at)
    return found


@transaction.atomic
def decline_help(*, by: Actor, at: dt.datetime, number: str, claim: str) -> Claim:
    _row, found = _claimed(by, number, claim)
    happened(found, "refuse", by=by, at=at)
    return found


@transaction.atomic
def step_back(*, by: Actor, at: dt.datetime, number: str) -> Claim:
    """The helper cannot after all; the wish is there for others again. Raises Conflict `not_now`, NotFound."""
    row = reads.get_need(number, lock=True)
    claim = _helping(by, row, (State.ASKED, State.HELD))
    held = claim.state == State.HELD
    happened(claim, "cancel", by=by, at=at)
    if held:
        _move(row, "free", by=by, at=at)
    return claim


def _helping(by: Actor, row: Need, states: tuple[str, ...]) -> Claim:
    rows = row.claims.select_for_update(of=("self",)).select_related("key")
    found = rows.filter(person=account_of(by), state__in=states).first()
    if found is None:
        raise NotFound("claim_not_found", N_("您没有认领这件事，或者已经办过了。请刷新看看。"))
    return found


@transaction.atomic
def deliver_help(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Claim:
    """The helper has done it; whoever asked says so too. Raises NotFound."""
    row = reads.get_need(number, lock=True)
    claim = _helping(by, row, (State.HELD,))
    pack = reads.kind_of(row)
    happened(claim, "deliver", by=by, at=at, note=note, next_at=at + dt.timedelta(days=pack.confirm))
    return claim


@transaction.atomic
def confirm_help(*, by: Actor, at: dt.datetime, number: str, claim: str, thanks: str = "") -> Need:
    """实现了: whoever asked, or who filled it in for them, says so, with a word of thanks for everybody to read.

    The minutes of a neighbour's help are told to whoever keeps records of service. Raises Conflict `not_now`.
    """
    row = _own(by, number)
    row, found = _claimed(by, number, claim)
    happened(found, "confirm", by=by, at=at)
    row.thanks = public_text(thanks, rules.LONGEST_NOTE, "thanks", needed=False)
    if row.minutes:
        told = {"record": str(found.pk), "person": str(found.person_id), "minutes": row.minutes, "path": row.path}
        emit("exchange.helped", {**told, "on": local_date(at).isoformat()}, at=at)
    return _move(row, "finish", by=by, at=at)


@transaction.atomic
def dispute_help(*, by: Actor, at: dt.datetime, number: str, claim: str, note: str) -> Claim:
    """Not done yet; it goes back to the helper. Raises Refused `words_missing`, Conflict `not_now`."""
    _own(by, number)
    _row, found = _claimed(by, number, claim)
    happened(found, "dispute", by=by, at=at, note=rules.check_length(note, rules.LONGEST_NOTE, "note"))
    return found


@transaction.atomic
def read_need(*, by: Actor, at: dt.datetime, number: str) -> dict[str, str]:
    """Name, telephone and door of whoever asks, to those who may know; every reading is written down.

    Raises Forbidden `not_told_yet`.
    """
    row = reads.get_need(number)
    if not reads.may_know(by, row):
        raise Forbidden("not_told_yet", N_("对方同意您来帮以后，才能看到怎么联系。"))
    if not reads.asks(by, row):
        log_access(by=by, at=at, subjects=[row.reference], fields="name,phone,address")
    return dict(reads.told(row))


@transaction.atomic
def turn_need(*, by: Actor, at: dt.datetime, number: str) -> Need:
    """Called by the clock: nobody took it in its days; a delivery nobody answered is over, not confirmed."""
    check_activity("sharing")
    row = reads.get_need(number, lock=True)
    if row.status == Wish.OPEN and row.until is not None and row.until < local_date(at):
        for claim in row.claims.filter(state=State.ASKED).select_related("key"):
            happened(claim, "lapse", by=by, at=at)
        return _move(row, "lapse", by=by, at=at)
    waiting = row.claims.filter(state=State.DELIVERED, next_at__lte=at).select_related("key").first()
    if row.status == Wish.TAKEN and waiting is not None:
        happened(waiting, "settle", by=by, at=at)
        return _move(row, "finish", by=by, at=at)
    return row

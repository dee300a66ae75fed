"""Several demands at once: the items of a talk, the messages of a chat group. All of them are taken in, or none."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.cases import timing, words
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock
from gongzhi.cases.actions.reporting import Contact, report_case
from gongzhi.cases.models import Case, Reporter
from gongzhi.cases.rules import Where
from gongzhi.cases.rules.channels import occasion_of, week_of
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.duties.actions import show_evidence
from gongzhi.packs import queries as packs
from gongzhi.people import vault
from gongzhi.places.models import Place

MOST = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said in a talk; `settled` is what was done about it there and then."""

    text: str
    category: str = ""
    name: str = ""
    phone: str = ""
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One demand found in a chat: its words, who said it (and the same), where it lies."""

    text: str
    speakers: tuple[str, ...]
    where: Where
    category: str = ""


@transaction.atomic
def hold_talk(*, by: Actor, at: dt.datetime, place: Place, on: dt.date, where: Where, items: Sequence[Item]) -> str:
    """谈心: record a talk at a place and take each item in as a case; returns the occasion (talk:PC-3:2026-W47).

    A talk in which nobody asked for anything is a talk too. Raises Forbidden; Refused `no_talks`, `talk_ahead`,
    `too_many_items`.
    """
    require(by, "cases.report_for", path=place.path)
    rule = packs.active_model().talks
    if rule is None:
        raise Refused("no_talks", N_("这个模式没有写谈心。请管理员在模式包里写上。"))
    if on > at.date() + dt.timedelta(days=1):
        raise Refused("talk_ahead", N_("谈心的日期在以后。谈过了再记。"), field="on")
    _check_count(items)
    occasion = occasion_of("talk", place.code, week_of(on))
    for text in items:
        take_item(by=by, at=at, channel=rule.channel, where=where, occasion=occasion, item=text)
    held = {"on": on.isoformat(), "items": len(items)}
    record(by=by, at=at, action="cases.hold_talk", subject=occasion, changes=held)
    link(by=by, at=at, source=occasion, relation="held_at", target=f"place:{place.code}")
    link(by=by, at=at, source=occasion, relation="led_by", target=by.reference)
    show_evidence(by=by, at=at, subject=f"place:{place.code}", evidence=occasion, on=on)
    return occasion


def _check_count(items: Sequence[object]) -> None:
    if len(items) > MOST:
        message = N_("一次最多记 {most} 件，现在是 {count} 件。请分几次记。")
        raise Refused("too_many_items", message, most=MOST, count=len(items))


@transaction.atomic
def take_item(*, by: Actor, at: dt.datetime, channel: str, where: Where, occasion: str, item: Item) -> str:
    """One thing said where people were together becomes a case of that occasion; its number."""
    answer = report_case(
        by=by,
        at=at,
        text=item.text,
        where=where,
        channel=channel,
        category=item.category,
        on_behalf_of=Contact(item.name, item.phone),
    )
    Case.objects.filter(number=answer["number"]).update(occasion=occasion)
    if item.settled.strip():
        settle_case(by=by, at=at, number=answer["number"], note=item.settled)
    number: str = answer["number"]
    return number


@transaction.atomic
def settle_case(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """当场解决: dealt with where it was raised, by those who are nearest; the person may still say no.

    `facts.level` is the level of the place at which it was settled (足不出院).
    """
    case = begin(by=by, number=number, move="settle", given={"note": note})
    case.first_contact_at = case.first_contact_at or at
    case.answered_at, case.outcome = at, "settled"
    case.result = words.seal_part(vault.open_key(case.key), case.key_id, "result", note.strip())
    meet_clocks(case, at, "first_contact", "resolve")
    start_clock(case, timing.plan_for(case.priority, "confirm", at))
    place = case.place or case.grid
    finish(case, by=by, at=at, move="settle", note=note, facts={"level": place.level if place else ""})
    return case


@transaction.atomic
def take_in_chat(*, by: Actor, at: dt.datetime, place: Place, said: Sequence[Said], paste: str) -> str:
    """微信群: each ticked message becomes a case of everybody who said it; returns the occasion (chat:PC-3:…).

    The same paste again is refused. Raises Forbidden; Refused `nothing_ticked`, `chat_taken_before`.
    """
    require(by, "cases.report_for", path=place.path)
    if not said:
        raise Refused("nothing_ticked", N_("一条也没勾。请勾上是诉求的那几条。"))
    _check_count(said)
    digest = hashlib.sha256("\n".join(sorted(one.text for one in said)).encode()).hexdigest()[:12]
    occasion = occasion_of("chat", place.code, digest)
    if Case.objects.filter(occasion=occasion).exists():
        raise Refused("chat_taken_before", N_("这几条刚才已经收过了，没有再收。"))
    for one in said:
        answer = report_case(
            by=by,
            at=at,
            text=one.text,
            where=one.where,
            channel="chat",
            category=one.category,
            on_behalf_of=Contact(one.speakers[0] if one.speakers else ""),
        )
        Case.objects.filter(number=answer["number"]).update(occasion=occasion)
        _also_said(answer["number"], one.speakers[1:], by, at)
    changes = {"items": len(said), "paste": hashlib.sha256(paste.encode()).hexdigest()[:16]}
    record(by=by, at=at, action="cases.take_in_chat", subject=occasion, changes=changes)
    link(by=by, at=at, source=occasion, relation="held_at", target=f"place:{place.code}")
    return occasion


def _also_said(number: str, speakers: Sequence[str], by: Actor, at: dt.datetime) -> None:
    """Everybody who said the same is a reporter of the one case, by the name of the group, sealed."""
    if not speakers:
        return
    case = Case.objects.select_related("key").get(number=number)
    key = vault.open_key(case.key)
    Reporter.objects.bulk_create(
        Reporter(
            case=case,
            helper_id=by.person_id,
            assisted=True,
            contact=words.seal_part(key, case.key_id, "contact", {"name": name[:40], "phone": ""}),
            reported_at=at,
        )
        for name in speakers
    )

"""What comes out: the resolution with its law record, a text adopted by it, and other effects that a person does."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import queries, rules
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.documents.actions import adopt_instrument, draft_instrument
from gongzhi.documents.models import Instrument
from gongzhi.engines.procedure_terms import Ending
from gongzhi.packs import queries as packs


def make_resolution(course: Followed, ending: Ending, *, by: Actor, at: dt.datetime) -> Resolution:
    """Once for each course; `record` holds everything from which the outcome can be worked out again."""
    row, decision = course.course, course.decision
    existing = Resolution.objects.filter(course=row).first()
    if existing is not None:
        return existing
    made = Resolution(course=row, about=row.about, made_at=at, effect=_effect(course, ending.effect))
    made.number = queries.code_for("JY", course.today, row.pk)
    made.outcome = decision.outcome if decision else ending.code
    made.decided_on = decision.on if decision else course.events[-1].on
    made.record = law_record(course)
    made.save(force_insert=True)
    link(by=by, at=at, source=row.subject, relation="resolved", target=made.reference)
    record(by=by, at=at, action="deliberation.resolve", subject=made.reference, changes={"course": row.number})
    return made


def _effect(course: Followed, effect: str) -> str:
    """“resolution” asks for nothing more than the resolution itself, but where the law says its matter is a text."""
    if effect == "resolution" and _is_text(course.course):
        return "adopt_text"
    return effect if effect in rules.EFFECT_WORDS else ""


def _is_text(row: Course) -> bool:
    """制定和修改议事规则、管理规约 (民法典 278 (1) 1, 2): what was decided has to be written down as a version."""
    name, _sep, code = row.matter.partition("#")
    if not code:
        return False
    found = packs.law_at(name, region=row.region, on=row.opened_on).rules.get(code)
    return found is not None and bool(found.params.get("text", False))


def law_record(course: Followed) -> dict[str, Any]:
    """Which texts said what, the figures that were given, each requirement as it was worked out."""
    decision = course.decision
    row = course.course
    found: dict[str, Any] = {
        "pack": row.reference,
        "texts": row.texts,
        "region": row.region,
        "on": row.opened_on.isoformat(),
        "matter": row.matter,
        "article": course.pack.article,
        "source": course.pack.source,
    }
    if row.concerns:
        found["concerns"] = row.concerns
    if decision is not None:
        found |= {"step": decision.step, "title": decision.title, "decided_on": decision.on.isoformat()}
        found |= {"inputs": dict(decision.figures), "computed": [dict(one) for one in decision.worked]}
    return found


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it was adopted: code in its address, what it is, its words, from when it holds."""

    code: str
    kind: str
    heading: str
    words: str
    effective_from: dt.date


@transaction.atomic
def adopt_text(*, by: Actor, at: dt.datetime, number: str, text: Text) -> Instrument:
    """The text that the resolution adopted becomes an Instrument by its decision, on its day.

    Raises Forbidden, Refused `no_text_here`, Conflict `effect_done`, and what documents refuses.
    """
    row = open_effect(by, number)
    if row.effect != "adopt_text":
        raise Refused("no_text_here", N_("这份决议没有通过文本。"))
    common: dict[str, Any] = {"by": by, "at": at, "code": text.code}
    draft_instrument(**common, place=row.course.place, kind=text.kind, title=text.heading, text=text.words)
    adopted = adopt_instrument(
        **common,
        adopted_on=row.decided_on,
        basis=f"{row.course.organization.name}决议 {row.number}"[:200],
        effective_from=text.effective_from,
        decided_by=row.reference,
    )
    done(row, adopted.reference, by=by, at=at)
    return adopted


@transaction.atomic
def settle_effect(*, by: Actor, at: dt.datetime, number: str, words: str) -> Resolution:
    """Somebody says that what it asks for was done, and where. Raises as `adopt_text`; Refused `missing_words`."""
    row = open_effect(by, number)
    if row.effect == "adopt_text":
        raise Refused("needs_text", N_("请把通过的文本写进来，不能只说办了。"))
    if row.effect == "work_order":
        raise Refused("needs_referral", N_("请写清移送什么事、归哪一类，在这里建诉求，不能只说办了。"))
    if row.effect in rules.POSTS:
        raise Refused("needs_posts", N_("任职在这里办：写明是谁，由另一个人核对。不能只说办了。"))
    message = N_("请写在哪里办的，例如任命文号、交接单编号。不写人名。")
    done(row, rules.check_line(words, 120, "missing_words", message, "words"), by=by, at=at)
    return row


def open_effect(by: Actor, number: str, permission: str = rules.RUN) -> Resolution:
    """The resolution, locked, while it still asks for something. Raises Forbidden, `no_effect`, `effect_done`."""
    row = queries.get_resolution_for(by, number, lock=True)
    require(by, permission, path=row.course.path)
    if not row.effect:
        raise Refused("no_effect", N_("这份决议没有要接着办的事。"))
    if row.done_at is not None:
        raise Conflict("effect_done", N_("{on} 已经办过了。"), on=local_date(row.done_at).isoformat())
    return row


def done(row: Resolution, said: str, *, by: Actor, at: dt.datetime) -> None:
    """Brought about, once: from here on the row is kept by its trigger."""
    row.done_at, row.done_by, row.done_as = at, by.reference, said
    row.save(update_fields=["done_at", "done_by", "done_as"])
    record(by=by, at=at, action="deliberation.effect", subject=row.reference, changes={"effect": row.effect})

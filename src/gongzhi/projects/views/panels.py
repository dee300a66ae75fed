"""What the desk of a project shows, panel by panel: a few statements however much there is."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.text import N_
from gongzhi.documents.models import Evidence
from gongzhi.documents.queries import evidence_of
from gongzhi.duties.registry import resolve
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text, percent
from gongzhi.packs.project_contents import ProjectPack
from gongzhi.projects import queries, rules, words
from gongzhi.projects.models import Funded, FundingKind, FundingLine, Milestone, Project, ProjectEvent
from gongzhi.projects.views import badge_of

CONFIDENCE = {
    "D": N_("产品默认"),
    "M": N_("凭记忆，待核对"),
    "V": N_("待核对"),
    "P": N_("外地做法"),
    "S": N_("来源材料"),
    "L": N_("法律条文"),
}
_CAN = (rules.PROPOSE, rules.REVIEW, rules.APPROVE, rules.RUN)


def yuan(amount: int) -> str:
    return _("{amount} 元").format(amount=amount_text(amount, Unit.FEN))


def context_of(actor: Actor, project: Project, today: dt.date) -> dict[str, Any]:
    pack, lines = queries.kind_of(project), queries.lines_of(project)
    events, steps = queries.events_of(project), list(project.milestones.order_by("position"))
    files = files_of(project, lines, steps, events)
    can = {one.partition(".")[2] for one in _CAN if queries.may(actor, one, project)}
    return {
        "project": project,
        "pack": pack,
        "kind_word": pack.title,
        "variety": variety_of(project, pack),
        "can": can,
        "covers": "run" in can,
        "over": project.state in rules.OVER,
        "moves": _moves(actor, project),
        "points": points_of(actor, project, pack),
        "meetings": [(one, resolve(actor, one.reference)) for one in events if one.kind == "meeting"],
        "facts": facts_of(project, pack),
        "asked": _asked(project, pack),
        "money": money_rows(lines, files),
        "sums": sums_of(lines),
        "steps": steps_rows(steps, files, today),
        "visits": [(one, files.get(f"visit:{one.pk}", [])) for one in events if one.kind == "visit"],
        "next_visit": _next_visit(project, pack, events, today),
        "is_sponsor": queries.sponsors(actor, project),
        "voices": queries.voices_of(project),
        "reasons": words.reasons_of(project) if "run" in can else [],
        "differences": _differences(project, lines),
        "evaluation": queries.evaluation_of(project) if pack.sheet else None,
        "photos": files.get(project.reference, []),
        "events": [(one, _(rules.EVENT_WORDS.get(one.kind, one.kind))) for one in reversed(events)],
        "sure": _(CONFIDENCE.get(pack.confidence, "")),
        **badge_of(project),
    }


def variety_of(project: Project, pack: ProjectPack) -> str:
    return next((one.name for one in pack.varieties if one.code == project.variety), "")


def files_of(
    project: Project, lines: Sequence[FundingLine], steps: Sequence[Milestone], events: Sequence[ProjectEvent]
) -> dict[str, list[Evidence]]:
    """Photos and papers by what they belong to: one statement."""
    subjects = [project.reference, *(one.reference for one in lines), *(one.reference for one in steps)]
    subjects += [f"visit:{one.pk}" for one in events if one.kind == "visit"]
    found: dict[str, list[Evidence]] = {}
    for row in evidence_of(subjects).filter(media__erased_at=None):
        found.setdefault(row.subject, []).append(row)
    return found


def _moves(actor: Actor, project: Project) -> list[dict[str, Any]]:
    """The moves that the actor may make; going back or giving up last."""
    found = [{"verb": one.verb, "word": _(one.word), "reason": one.reason} for one in queries.moves_for(actor, project)]
    return sorted(found, key=lambda one: one["verb"] in ("reject", "withdraw", "abandon", "rework"))


def points_of(actor: Actor, project: Project, pack: ProjectPack) -> list[dict[str, Any]]:
    """The guide and the gates, what shows each, and what is still missing."""
    guide = [(f"guide.{one.code}", one.name, one.shown) for one in pack.guide]
    gates = [(f"gate.{one.code}", one.name, _(rules.GATE_WORDS[one.before])) for one in pack.consultations]
    return [_point(actor, project, key, name, hint) for key, name, hint in (*guide, *gates)]


def _point(actor: Actor, project: Project, key: str, name: str, hint: str) -> dict[str, Any]:
    given = project.shown.get(key)
    reference = given["reference"] if given else ""
    known = resolve(actor, reference) if reference else None
    return {
        "key": key,
        "name": name,
        "hint": hint,
        "met": given is not None,
        "words": (given or {}).get("words", ""),
        "reference": reference,
        "link": known,
    }


def facts_of(project: Project, pack: ProjectPack) -> list[dict[str, Any]]:
    """The numbers that were asked, with how much of another they are."""
    found = []
    for one in pack.facts:
        value, whole = project.facts.get(one.code), project.facts.get(one.of) if one.of else None
        share = f"{value * 100 // whole}%" if value is not None and whole else ""
        of = next((other.name for other in pack.facts if other.code == one.of), "")
        found.append({"name": one.name, "unit": one.unit, "value": value, "share": share, "of": of})
    return found


def _asked(project: Project, pack: ProjectPack) -> bool:
    """Whether numbers are asked now."""
    if project.state == "closed":
        return bool(pack.facts_at("revisited"))
    return project.state in ("implementing", "acceptance", "closing") and bool(pack.facts_at("closed"))


def money_rows(lines: Sequence[FundingLine], files: dict[str, list[Evidence]]) -> list[dict[str, Any]]:
    return [
        {
            "line": one,
            "kind": _(FundingKind(one.kind).label),
            "amount": yuan(one.amount) if one.amount else one.thing,
            "paid": yuan(one.paid) if one.paid else "",
            "state": _(Funded(one.state).label),
            "papers": files.get(one.reference, []),
        }
        for one in lines
    ]


def sums_of(lines: Sequence[FundingLine]) -> dict[str, str]:
    money = queries.money_of(lines)
    return {"planned": yuan(sum(one.amount for one in money)), "paid": yuan(sum(one.paid for one in money))}


def steps_rows(steps: Sequence[Milestone], files: dict[str, list[Evidence]], today: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "step": one,
            "late": one.done_at is None and one.due_on < today,
            "files": files.get(one.reference, []),
            "pays": percent(Fraction(one.pays)) if one.pays else "",
        }
        for one in steps
    ]


def _next_visit(
    project: Project, pack: ProjectPack, events: Sequence[ProjectEvent], today: dt.date
) -> dict[str, Any] | None:
    if project.sponsored_on is None or project.state not in rules.RUNNING:
        return None
    last = max((one.on for one in events if one.kind == "visit"), default=None)
    until = rules.next_visit(pack.visits.every, project.sponsored_on, last)
    return {"until": until, "late": until < today}


def _differences(project: Project, lines: Sequence[FundingLine]) -> list[dict[str, str]]:
    found = rules.differences(queries.money_of(lines), queries.spent_by_fund(project))
    return [
        {"fund": one.fund, "lines": yuan(one.lines), "entries": yuan(one.entries), "by": yuan(one.by)} for one in found
    ]

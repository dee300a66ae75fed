"""处理活动登记: a version for every change; nothing that needs an assessment is in use without one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_
from gongzhi.duties.actions import show_evidence
from gongzhi.packs.contents import Rule
from gongzhi.privacy import queries, rules
from gongzhi.privacy.models import ProcessingActivity

# fmt: off
_KEPT = (
    "code", "title", "purpose", "ground", "article", "subjects", "categories", "level", "receivers", "retention",
    "stays", "measures", "unit_id", "traits", "consent", "needs_assessment", "assessment", "in_use",
)
CHANGED = (
    "title", "purpose", "ground", "article", "receivers", "retention", "stays", "measures", "unit_id", "traits",
)
# fmt: on


def _values(rule: Rule) -> dict[str, Any]:
    given = rule.params
    categories, traits = given["categories"], list(given.get("traits", ()))
    level = rules.highest(kind["level"] for kind in categories)
    needs = rules.needs_assessment(level, traits)
    basis = "；".join(part for part in (rule.source, rule.article) if part)
    words = ("purpose", "ground", "subjects", "receivers", "retention", "measures")
    return {
        **{name: given[name] for name in words},
        "code": rule.code,
        "title": rule.title,
        "article": basis,
        "categories": categories,
        "level": level,
        "stays": given.get("stays", ""),
        "traits": traits,
        "consent": given.get("consent", ""),
        "needs_assessment": needs,
        "assessment": {"answers": given["draft"], "result": "go_with", "by": "pack"} if "draft" in given else {},
        "in_use": not needs,
    }


@transaction.atomic
def adopt_shipped(*, by: Actor, at: dt.datetime) -> int:
    """Enter the activities of the pack that are not in the register yet; returns how many.

    What needs an assessment comes with a drafted one and waits for somebody to approve it.
    """
    require(by, "privacy.manage")
    known = set(queries.current().order_by().values_list("code", flat=True))
    fresh = [rule for rule in queries.shipped(local_date(at)) if rule.code not in known]
    for rule in fresh:
        row = ProcessingActivity.objects.create(**_values(rule), valid_from=at, by=by.reference)
        record(by=by, at=at, action="privacy.adopt", subject=row.reference, changes={"in_use": row.in_use})
    return len(fresh)


def _next(
    row: ProcessingActivity, *, by: Actor, at: dt.datetime, action: str, reason: str = "", **changed: Any
) -> ProcessingActivity:
    """The next version of a locked row; the trail says which columns changed."""
    row.valid_to = at
    row.save(update_fields=["valid_to"])
    values = {name: getattr(row, name) for name in _KEPT} | changed
    values |= {"version": row.version + 1, "valid_from": at, "by": by.reference, "reason": reason}
    fresh = ProcessingActivity.objects.create(**values)
    facts = {"version": [row.version, fresh.version], "columns": sorted(changed), "in_use": fresh.in_use}
    record(by=by, at=at, action=f"privacy.{action}", subject=fresh.reference, changes=facts)
    return fresh


@transaction.atomic
def change_activity(
    *, by: Actor, at: dt.datetime, code: str, changes: Mapping[str, Any], reason: str
) -> ProcessingActivity:
    """Another wording, ground, unit, or set of traits. What makes an assessment necessary anew takes it out of use.

    Agreement to an older wording ends with it: a consent names its version (个人信息保护法 14).
    Raises Refused `missing_reason`, `consent_not_named`, Conflict `nothing_changed`.
    """
    require(by, "privacy.manage")
    row = queries.get_activity(code, lock=True)
    reason = rules.check_change(reason, ground=changes.get("ground", row.ground), consent=row.consent)
    changed = {name: value for name, value in changes.items() if name in CHANGED and value != getattr(row, name)}
    if not changed:
        raise Conflict("nothing_changed", N_("没有改动。"))
    needs = rules.needs_assessment(row.level, changed.get("traits", row.traits))
    wider = {"purpose", "ground", "receivers", "traits"} & set(changed)
    if needs and wider:
        draft = {name: value for name, value in row.assessment.items() if not name.startswith("approved")}
        changed |= {"assessment": draft, "in_use": False}
    return _next(row, by=by, at=at, action="change_activity", reason=reason, needs_assessment=needs, **changed)


@transaction.atomic
def assess_activity(
    *, by: Actor, at: dt.datetime, code: str, answers: Mapping[str, str], result: str
) -> ProcessingActivity:
    """影响评估 (个人信息保护法 55, 56): four answers and a result; somebody else approves it.

    Raises Refused `missing_answer`, `missing_result`.
    """
    require(by, "privacy.manage")
    rules.check_assessment(answers, result)
    row = queries.get_activity(code, lock=True)
    kept = {question: answers[question].strip() for question in rules.QUESTIONS}
    assessment = {"answers": kept, "result": result, "by": by.reference, "on": local_date(at).isoformat()}
    return _next(row, by=by, at=at, action="assess_activity", assessment=assessment, in_use=False)


@transaction.atomic
def approve_assessment(*, by: Actor, at: dt.datetime, code: str) -> ProcessingActivity:
    """A second person approves, and the activity is in use from now on; the paper is kept for three years at least.

    Raises Refused `missing_answer`, `own_assessment`, `assessed_stop`.
    """
    require(by, "privacy.manage")
    row = queries.get_activity(code, lock=True)
    given = row.assessment
    rules.check_assessment(given.get("answers", {}), given.get("result", ""))
    rules.check_approval(by=given.get("by", ""), approver=by.reference, result=given["result"])
    day = local_date(at)
    until = rules.kept_until(day, queries.number("assessment_kept", "years", day))
    review = rules.review_on(day, queries.number("assessment_review", "months", day))
    approved = {"approved_by": by.reference, "approved_on": day.isoformat(), "keep_until": until.isoformat()}
    approved["review_on"] = review.isoformat()
    fresh = _next(row, by=by, at=at, action="approve_assessment", assessment={**given, **approved}, in_use=True)
    show_evidence(by=by, at=at, subject=fresh.paper, evidence=f"{fresh.paper}/{fresh.version}", on=day)
    return fresh


@transaction.atomic
def switch_activity(*, by: Actor, at: dt.datetime, code: str, in_use: bool) -> ProcessingActivity:
    """Stop an activity, or start it (again). Raises Conflict `not_assessed`."""
    require(by, "privacy.manage")
    row = queries.get_activity(code, lock=True)
    if not in_use:
        rules.check_may_stop(code)
    else:
        rules.check_switch_on(needs=row.needs_assessment, approved="approved_on" in row.assessment)
    if row.in_use == in_use:
        raise Conflict("nothing_changed", N_("没有改动。"))
    return _next(row, by=by, at=at, action="switch_activity", in_use=in_use)

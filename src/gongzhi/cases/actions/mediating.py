"""人民调解: both sides willing, a mediator without interest, talks, an agreement that holds, thirty days for the court.

Names and words of the parties stand only in confidential notes (`notes.mediation`); facts hold sides and codes.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from gongzhi.cases import timing, words
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock
from gongzhi.cases.models import Case, Clock, Reporter, WorkOrder
from gongzhi.cases.queries import MAX_PHOTOS
from gongzhi.cases.queries.confidential import MEDIATION
from gongzhi.cases.queries.mediating import check_is_mediation, mediation_of
from gongzhi.cases.rules import mediating as rules
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.packs import queries as packs
from gongzhi.people import vault

LAW = "cn.mediation"
RESULTS = {
    "agreed": N_("双方达成了调解协议。写了什么，只有双方和调解员能看。"),
    "refused": N_("有一方不愿意调解，到此为止（人民调解法第17条）。还可以走：{channels}。"),
    "failed": N_("没有谈成，调解结束（人民调解法第26条）。还可以走：{channels}。"),
}


def _begin(by: Actor, number: str, move: str, track_code: str = "", **given: Any) -> Case:
    case = begin(by=by, number=number, move=move, given=given, track_code=track_code)
    check_is_mediation(case)
    if case.privacy != "confidential":
        case.routing = {**case.routing, "open_as": case.privacy}  # should the category prove wrong
        case.privacy = "confidential"  # from here on only the mediators and the one who asked read it
    return case


def _take(case: Case, by: Actor, at: dt.datetime) -> None:
    order = WorkOrder.objects.filter(case=case, ended_at__isnull=True, role="lead").order_by("-id").first()
    if order is not None:
        order.accepted_at, order.handler_id = order.accepted_at or at, by.person_id
        order.save(update_fields=["accepted_at", "handler"])


@transaction.atomic
def take_mediation(*, by: Actor, at: dt.datetime, number: str, declared: bool) -> Case:
    """A mediator takes the case up and declares to have no interest in it (19)."""
    case = _begin(by, number, "mediate")
    parties = {
        str(person)
        for row in Reporter.objects.filter(case=case)
        for person in (row.person_id, row.helper_id)
        if person
    }
    own = case.about_unit_id is not None and case.about_unit_id in by.organizations_for("cases.handle")
    rules.check_mediator(person=str(by.person_id), parties=parties, declared=declared, about_own_unit=own)
    _take(case, by, at)
    finish(case, by=by, at=at, move="mediate", facts={"mediator": by.reference, "declared": True})
    return case


@transaction.atomic
def record_consent(*, by: Actor, at: dt.datetime, number: str, side: str, way: str) -> Case:
    """One side is willing to talk; `way` is signed, told or phone. Free of charge (4)."""
    case = _begin(by, number, "consent")
    facts = {"side": rules.check_side(side), "way": way if way in ("signed", "told", "phone") else "told"}
    _take(case, by, at)
    finish(case, by=by, at=at, move="consent", facts=facts)
    return case


@transaction.atomic
def record_session(
    *, by: Actor, at: dt.datetime, number: str, held_on: dt.date, came: tuple[str, ...], note: str
) -> Case:
    """One talk: when, which sides came, and the confidential record."""
    case = _begin(by, number, "session", note=note.strip())
    rules.check_may_talk(mediation_of(case))
    if held_on > local_date(at):
        raise Refused("not_yet", N_("谈的日期在今天以后。谈完了再记。"), field="held_on")
    facts = {"held_on": held_on.isoformat(), "came": [rules.check_side(side) for side in came]}
    finish(case, by=by, at=at, move="session", note=note, facts=facts, audience=MEDIATION)
    return case


@transaction.atomic
def report_danger(*, by: Actor, at: dt.datetime, number: str, told: str, note: str) -> Case:
    """A dispute that may turn violent was reported to the police or who else is competent (25)."""
    case = _begin(by, number, "warn", note=note.strip())
    facts = {"told": told if told in ("police", "other") else "police"}
    finish(case, by=by, at=at, move="warn", note=note, facts=facts, public=False, audience=MEDIATION)
    return case


@transaction.atomic
def conclude_agreement(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    form: str,
    agreed_on: dt.date,
    agreement: Mapping[str, str],
    signed: Mapping[str, bool],
) -> Case:
    """The agreement holds: written from signatures and seal (29), oral from the day of agreement (30).

    Its fields (parties, facts, content, mediators) are sealed as one confidential note. From the day on which it
    holds run the thirty days in which both may ask a court together to confirm it (33).
    """
    case = _begin(by, number, "agree")
    rules.check_may_talk(mediation_of(case))
    rules.check_agreement(agreement, form, signed)
    if agreed_on > local_date(at):
        raise Refused("not_yet", N_("达成协议的日期在今天以后。"), field="agreed_on")
    until, _told = _court_clocks(case, agreed_on, at)
    fields = {name: tidy(str(value)) for name, value in agreement.items()}
    facts = {
        "form": form,
        "agreed_at": agreed_on.isoformat(),
        "court_until": local_date(until).isoformat(),
        **{name: True for name in rules.SIGNED if form == "written"},
    }
    meet_clocks(case, at, "first_contact", "resolve")
    case.outcome, case.answered_at = "agreed", at
    _say(case, "agreed")
    finish(case, by=by, at=at, move="agree", note=fields, facts=facts, audience=MEDIATION)
    return case


def _court_clocks(case: Case, agreed_on: dt.date, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The last moment for the court, and when both are reminded; days from the law pack."""
    law, calendar = packs.law(LAW, agreed_on), packs.calendar()
    asked = law.params("judicial")
    noon = dt.datetime.combine(agreed_on, dt.time(12), CHINA)
    deadline = calendar.deadline(noon, asked["amount"], asked["unit"])
    days = int(law.params("remind")["days_before"])
    told = max(deadline.at - dt.timedelta(days=days), at + dt.timedelta(minutes=1))
    basis = {"amount": asked["amount"], "pack": f"pack:law/{LAW}/{law.version}", "article": "33"}
    for kind, due in (("judicial", deadline.at), ("judicial_tell", told)):
        start_clock(case, timing.Planned(kind, at, due, deadline.certain, basis))
    return deadline.at, told


def _say(case: Case, outcome: str) -> None:
    """What the reporter reads as the result: never a word of what was said."""
    ways = packs.law(LAW, local_date(case.received_at)).params("failed")["channels"]
    text = RESULTS[outcome].format(channels="、".join(ways))
    case.result = words.seal_part(vault.open_key(case.key), case.key_id, "result", text)


@transaction.atomic
def decline_mediation(*, by: Actor, at: dt.datetime, number: str, side: str) -> Case:
    """One side does not want to: it ends here (17), and the other ways are told (26)."""
    case = _begin(by, number, "decline_talk")
    return _end(case, by, at, "decline_talk", "refused", {"side": rules.check_side(side)})


@transaction.atomic
def withdraw_from_mediation(*, by: Actor, at: dt.datetime, number: str, track_code: str = "") -> Case:
    """The one who asked ends it with one press; no reason is asked for."""
    case = _begin(by, number, "withdraw_talk", track_code)
    return _end(case, by, at, "withdraw_talk", "refused", {"side": "asking"})


@transaction.atomic
def end_mediation(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """They talked and did not come together (26)."""
    case = _begin(by, number, "end_talk", note=note.strip())
    return _end(case, by, at, "end_talk", "failed", {}, note)


def _end(
    case: Case, by: Actor, at: dt.datetime, move: str, outcome: str, facts: dict[str, Any], note: str = ""
) -> Case:
    case.outcome, case.answered_at, case.closed_at = outcome, at, at
    _say(case, outcome)
    finish(case, by=by, at=at, move=move, note=note, facts=facts, audience=MEDIATION if note else "")
    return case


@transaction.atomic
def record_court(*, by: Actor, at: dt.datetime, number: str, court: str) -> Case:
    """司法确认: both applied, the court confirmed or did not, or both said that they need none."""
    case = _begin(by, number, "judicial")
    if court not in rules.COURT:
        raise Refused("unknown_answer", N_("请选司法确认到哪一步了。"), field="court")
    meet_clocks(case, at, "judicial", "judicial_tell")
    finish(case, by=by, at=at, move="judicial", facts={"court": court})
    return case


@transaction.atomic
def file_signed_paper(*, by: Actor, at: dt.datetime, number: str, scans: Sequence[Upload]) -> Case:
    """签好的协议书: the scan or photos of the signed paper, for the mediators and the one who asked alone.

    Raises Refused `missing_scan`, `no_agreement`, and what documents raise for a file that is none.
    """
    case = _begin(by, number, "file_paper")
    if case.outcome != "agreed":
        raise Refused("no_agreement", N_("这件事还没有协议。达成协议、签好字再传。"), field="scans")
    if not scans:
        raise Refused("missing_scan", N_("还没选文件。请传签好的协议书：照片、扫描件或 PDF 都行。"), field="scans")
    for scan in scans[:MAX_PHOTOS]:
        media = store_upload(by=by, at=at, key=case.key, upload=scan)
        attach_evidence(by=by, at=at, media=media, subject=case.reference, purpose="signature")
    finish(case, by=by, at=at, move="file_paper", facts={"pages": len(scans)})
    return case


@transaction.atomic
def follow_up_agreement(*, by: Actor, at: dt.datetime, number: str, kept: str, note: str) -> Case:
    """回访: is the agreement kept; `kept` is yes, partly or no (31)."""
    case = _begin(by, number, "follow_up", note=note.strip())
    if kept not in ("yes", "partly", "no"):
        raise Refused("unknown_answer", N_("请选协议履行得怎样。"), field="kept")
    finish(case, by=by, at=at, move="follow_up", note=note, facts={"kept": kept}, audience=MEDIATION)
    return case


@transaction.atomic
def archive_mediation(*, by: Actor, at: dt.datetime, number: str) -> Case:
    """归档 (27), after at least one follow-up."""
    case = _begin(by, number, "archive")
    if not mediation_of(case).follow_ups:
        raise Refused("not_followed_up", N_("还没回访过。先问一次协议履行得怎样，再归档。"))
    case.closed_at = at
    finish(case, by=by, at=at, move="archive")
    return case


def remind_of_court(case: Case, *, by: Actor, at: dt.datetime) -> str:
    """The reminder's moment, or the last day, has come; the caller holds the case's lock."""
    kind = case.next_clock
    last = Clock.objects.filter(case=case, kind="judicial").order_by("-id").first()
    meet_clocks(case, at, kind)
    if kind == "judicial" or last is None:
        timing.refresh_next_clock(case)
        case.save()
        return "over"
    facts = {"court_until": local_date(last.due_at).isoformat()}
    finish(case, by=by, at=at, move="remind", facts=facts)
    return "reminded"

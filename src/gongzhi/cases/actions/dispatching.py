"""What the dispatch centre and the grid do: accept, classify, dispatch, refer, verify, send back, close."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link, log_access, record
from gongzhi.cases import queries, rules, timing
from gongzhi.cases.actions.counting import put_in, take_out
from gongzhi.cases.actions.duties import order_facts
from gongzhi.cases.actions.moving import begin, finish, give_order, meet_clocks, meet_first_contact, start_clock
from gongzhi.cases.actions.reporting import add_photos
from gongzhi.cases.models import Case, CaseEvent, WorkOrder
from gongzhi.cases.queries.confidential import MEDIATION
from gongzhi.cases.queries.mediating import ROOT, is_mediation
from gongzhi.cases.queries.meeting import KINDS, audience_of
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization
from gongzhi.people.queries import standing


@transaction.atomic
def accept_case(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> Case:
    """受理: somebody has it; the reporter's first-contact clock is met."""
    case = begin(by=by, number=number, move="accept")
    meet_first_contact(case, at)
    finish(case, by=by, at=at, move="accept", note=note)
    return case


@transaction.atomic
def classify_case(*, by: Actor, at: dt.datetime, number: str, category: str) -> Case:
    """Correct the category; the clocks of its priority class start from the day of receipt."""
    case = queries.get_case_for(by, number, lock=True)
    require(by, "cases.dispatch", path=case.path)
    if packs.find_category(category) is None:
        raise Refused("unknown_category", N_("没有这个类别。请从列表里选。"), field="category")
    _check_taken_back(case, category)
    take_out(case.pk)
    before, case.category, case.category_source = case.category, category, "staff"
    priority = queries.priority_of(category, case.channel)
    if priority != case.priority and case.status in ("reported", "accepted"):
        case.priority = priority
        meet_clocks(case, at, "resolve")
        planned = timing.plan_for(priority, "resolve", case.received_at)
        start_clock(case, planned)
        case.due_at, case.due_certain = planned.due_at, planned.certain
        timing.refresh_next_clock(case)
    _shut_if_private(case)
    _open_again(case)
    case.save()
    put_in(case.pk)
    changes = {"category": [before, category]}
    record(by=by, at=at, action="cases.classify", subject=case.reference, changes=changes)
    return case


def unit_for(case: Case, unit_id: int, *, around: str = "") -> Organization:
    """The unit, if work on this case can be given to it; a superior may name one elsewhere below its own place
    (`around`), as at a boundary.

    Raises NotFound `unit_not_found`; Refused `unit_elsewhere` for a body that does not work there, `about_itself` for
    the one complained of.
    """
    unit: Organization | None = (
        Organization.objects.select_related("place").filter(standing(), pk=unit_id).first()
    )
    if unit is None:
        raise NotFound("unit_not_found", N_("没有这个单位。请从列表里选。"))
    if case.about_unit_id == unit.pk or case.merged.filter(about_unit=unit).exists():
        raise Refused("about_itself", N_("这件事反映的就是这个单位，不能派给它自己。请派给它的上级。"))
    below = bool(around and unit.place and unit.place.path.startswith(around))
    if unit.place and not case.path.startswith(unit.place.path) and not below:
        raise Refused("unit_elsewhere", N_("{unit}不管这个地方。请选管这里的单位。"), unit=unit.name)
    return unit


@transaction.atomic
def dispatch_case(
    *, by: Actor, at: dt.datetime, number: str, unit_id: int, note: str = "", funding: str = "", exception: str = ""
) -> Case:
    """派单: give the case to one unit, with the date promised to the reporter and the clause it rests on.

    Raises Refused `unit_elsewhere` for a body that does not work there, `about_itself` for the one complained of,
    `outside_duty_list`, `missing_funding` (see actions.duties), `only_replied` for a letter.
    """
    case = begin(by=by, number=number, move="dispatch", given={"unit": unit_id})
    unit = unit_for(case, unit_id)
    basis = order_facts(case, unit, at, funding=funding, exception=exception)
    meet_first_contact(case, at)
    order = give_order(case, unit.pk, by=by, at=at)
    order.facts = basis
    order.save(update_fields=["facts"])
    if account := basis.get("funding", {}).get("account"):
        link(by=by, at=at, source=case.reference, relation="funded_by", target=f"account:{account}")
    chosen_otherwise = case.unit_id != unit.pk
    case.unit, case.first_unit_id = unit, case.first_unit_id or unit.pk
    _shut_if_private(case)
    finish(case, by=by, at=at, move="dispatch", note=note, facts=_told(unit, chosen_otherwise, basis))
    return case


def _shut_if_private(case: Case) -> None:
    """From here on the words are for the lawyer's or the counsellor's eyes, and no search finds them."""
    if audience_of(case):
        if case.privacy not in PRIVATE:
            case.routing = {**case.routing, "open_as": case.privacy}
        case.privacy, case.grams = "confidential", None


def _kind_of(category: str) -> str:
    """Whose confidential notes a category brings with it; "" for none."""
    return KINDS.get(category) or (MEDIATION if category.split(".")[0] == ROOT else "")


def _check_taken_back(case: Case, category: str) -> None:
    """Out of legal advice, counselling or mediation only while nothing confidential was written down."""
    before = _kind_of(case.category)
    notes = CaseEvent.objects.filter(case=case).exclude(audience="")
    if before and before != _kind_of(category) and notes.exists():
        message = N_("已经有保密的记录了，类别不能再改到别处。请由办这件事的单位办完或转介。")
        raise Refused("notes_exist", message, field="category")


def _open_again(case: Case) -> None:
    """What only a classification by staff had shut opens as it was; what the reporter gave in confidence stays shut."""
    before = case.routing.get("open_as", "")
    if before and not audience_of(case) and not is_mediation(case):
        case.privacy = before
        case.routing = {name: value for name, value in case.routing.items() if name != "open_as"}


def _told(unit: Organization, changed: bool, basis: dict[str, Any]) -> dict[str, Any]:
    """What the timeline keeps of a dispatch: the unit, and clause and version of the duty list."""
    kept: dict[str, Any] = {name: basis[name] for name in ("clause", "duty", "pack") if name in basis}
    return {"unit": unit.pk, "changed": changed, **kept}


@transaction.atomic
def refer_case(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str) -> Case:
    """转介: another institution decides; the reporter is told which, and the case ends here."""
    case = begin(by=by, number=number, move="refer", given={"reason": reason, "note": note})
    facts = {"reason": _reason("refer", reason)}
    meet_first_contact(case, at)
    case.closed_at = at
    finish(case, by=by, at=at, move="refer", note=note, facts=facts)
    return case


def _reason(kind: str, code: str) -> str:
    known = [reason.code for reason in packs.active_model().reasons if reason.kind == kind]
    if code not in known:
        raise Refused("unknown_reason", N_("没有这条理由。请从列表里选。"), field="reason")
    return code


def _last_order(case: Case) -> WorkOrder | None:
    return WorkOrder.objects.filter(case=case, role="lead").order_by("-id").first()


def _check_other_person(case: Case, by: Actor) -> None:
    order = _last_order(case)
    handler = str(order.handler_id) if order and order.handler_id else None
    own = by.organizations_for("cases.handle")
    helped = WorkOrder.objects.filter(case=case, unit_id__in=own, role__in=("co", "partner"), ended_at__isnull=True)
    in_unit = case.unit_id in own or helped.exists()
    rules.check_verifier(verifier=str(by.person_id), handler=handler, in_unit=in_unit)


@transaction.atomic
def record_receipt(
    *, by: Actor, at: dt.datetime, number: str, receipt: str, received_on: dt.date | None, office: str
) -> Case:
    """转送回执: the number, the day and who took it; the reporter reads it. A correction is a line of its own.

    Raises Refused `missing_receipt`, `missing_office`, `bad_day`.
    """
    case = begin(by=by, number=number, move="receipt")
    receipt, office = tidy(receipt)[:60], tidy(office)[:60]
    if not receipt:
        raise Refused("missing_receipt", N_("还没写回执编号。对方没给编号的，写“无编号”。"), field="receipt")
    if not office:
        raise Refused("missing_office", N_("还没写是哪个单位收的。"), field="office")
    if received_on is None or not local_date(case.received_at) <= received_on <= local_date(at):
        raise Refused("bad_day", N_("收到的日期要在反映以后、今天以前。"), field="received_on")
    facts = {"receipt": receipt, "office": office, "on": received_on.isoformat()}
    finish(case, by=by, at=at, move="receipt", facts=facts)
    return case


@transaction.atomic
def verify_case(
    *, by: Actor, at: dt.datetime, number: str, note: str = "", photos: Sequence[Upload] = ()
) -> Case:
    """核查: another person looked, and the result stands; now the reporter is asked."""
    case = begin(by=by, number=number, move="verify")
    _check_other_person(case, by)
    add_photos(by=by, at=at, case=case, photos=photos, purpose="verify")
    meet_clocks(case, at, "resolve", "remind", "co", "whistle", "partner")
    if case.channel not in packs.active_model().issued:  # what the office handed out, its issuer strikes off
        start_clock(case, timing.plan_for(case.priority, "confirm", at))
    finish(case, by=by, at=at, move="verify", note=note)
    return case


@transaction.atomic
def rework_case(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """返工: the result does not stand; number and resolve clock stay as they were."""
    case = begin(by=by, number=number, move="rework", given={"note": note})
    _check_other_person(case, by)
    meet_clocks(case, at, "confirm")
    finish(case, by=by, at=at, move="rework", note=note)
    return case


@transaction.atomic
def explain_case(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """复核 by the next level: nothing more can be done, and why; the reporter is asked once more."""
    case = begin(by=by, number=number, move="explain", given={"note": note})
    meet_clocks(case, at, "review", "resolve")
    start_clock(case, timing.plan_for(case.priority, "confirm", at))
    finish(case, by=by, at=at, move="explain", note=note)
    return case


@transaction.atomic
def close_case(*, by: Actor, at: dt.datetime, number: str) -> Case:
    """结案 after the reporter confirmed."""
    case = begin(by=by, number=number, move="close")
    case.closed_at = at
    finish(case, by=by, at=at, move="close")
    return case


@transaction.atomic
def reveal_contact(*, by: Actor, at: dt.datetime, number: str, purpose: str) -> list[dict[str, str]]:
    """The reporters' names and numbers in the clear, after writing who looked and why.

    Raises Refused `missing_purpose`; Forbidden outside unit and place.
    """
    case = queries.get_case_for(by, number)
    if not queries.may_see_contact(by, case):
        raise Forbidden("contact_closed", N_("名字和号码只给办这件事的人看。您的岗位用不到它。"))
    if not purpose.strip():
        raise Refused("missing_purpose", N_("请写明为什么要看联系方式。会留下记录。"), field="purpose")
    log_access(by=by, at=at, subjects=[case.reference], fields="contact", purpose=purpose.strip()[:80])
    return queries.contacts_of(case, by=by, at=at, purpose=purpose)

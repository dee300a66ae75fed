"""职责清单 at work: what an order rests on, what a community may not be given, 准入 for what it may after all."""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.cases.actions.moving import begin, finish
from gongzhi.cases.models import Case
from gongzhi.cases.queries.duties import Matter, admission_of, matter_of
from gongzhi.cases.queries.routing import basis_of
from gongzhi.cases.rules.routing import check_duty, check_funding
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.ledger.queries import line_cited
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization
from gongzhi.people.queries import standing


def order_facts(
    case: Case, unit: Organization, at: dt.datetime, *, funding: str = "", exception: str = ""
) -> dict[str, Any]:
    """What a work order keeps of the duty list: line, clause, version, function, 准入 and funding line.

    Raises Refused `category_first`, `outside_duty_list`, `missing_funding` for a unit that counts as a community,
    `only_replied` for a letter; NotFound `unknown_line` for an account of the ledger that is none here.
    """
    channel = packs.active_model().channel(case.channel)
    if channel is not None and channel.kind == "letter":
        raise Refused("only_replied", N_("这是写给书记的信，不派单。由收信的书记回。"))
    matter = matter_of(case, unit, local_date(at))
    if matter is None:
        return {}
    facts = _listed(matter)
    if not matter.community:
        return facts
    admission = admission_of(case, unit.pk, at) if matter.open_line is None else None
    check_duty(unit=unit.name, category=case.category, open_line=matter.open_line, admitted=admission is not None)
    if admission:
        facts |= {"function": "outside", "admission": admission.pk}
    if admission or (matter.open_line and matter.open_line.delegated):
        check_funding(clause=matter.duties.pack.funding_clause, line=funding, exception=exception)
        facts["funding"] = _funded(funding.strip()[:120], exception.strip()[:120], case, at)
    return facts


def _funded(line: str, exception: str, case: Case, at: dt.datetime) -> dict[str, str]:
    """The line in words and the ledger account that it names, or the exception. Raises NotFound `unknown_line`."""
    if not line:
        return {"exception": exception}
    account = line_cited(line, case.path, local_date(at))
    return {"line": line, "account": account.code} if account else {"line": line}


def helper_facts(case: Case, unit: Organization, at: dt.datetime) -> dict[str, Any]:
    """The same for a unit that helps; a community helps where the list names it, or after 准入.

    Raises Refused `category_first`, `outside_duty_list`.
    """
    matter = matter_of(case, unit, local_date(at))
    if matter is None:
        return {}
    if matter.community and matter.line is None:
        admission = admission_of(case, unit.pk, at)
        check_duty(unit=unit.name, category=case.category, open_line=None, admitted=admission is not None)
    return ruled_facts(case, unit, at)


def ruled_facts(case: Case, unit: Organization, at: dt.datetime) -> dict[str, Any]:
    """What the list says of an order that a superior's ruling gave: counted, never refused for the list's sake."""
    matter = matter_of(case, unit, local_date(at))
    return _listed(matter) if matter else {}


def _listed(matter: Matter) -> dict[str, Any]:
    """The line of the list, by which version; outside the list where there is none."""
    facts: dict[str, Any] = {"function": "outside", "pack": matter.duties.reference}
    if matter.line:
        basis = basis_of(matter.duties, matter.line)
        facts |= {name: basis[name] for name in ("version", "duty", "clause", "function")}
    return facts


@transaction.atomic
def admit_case(*, by: Actor, at: dt.datetime, number: str, unit_id: int, note: str) -> Case:
    """准入: a community may be given this matter although its list does not hold it; for as long as the pack says.

    Raises Refused `no_duty_list`, `no_admission_needed`; NotFound `unit_not_found`.
    """
    case = begin(by=by, number=number, move="admit", given={"unit": unit_id, "note": note})
    unit = Organization.objects.select_related("place").filter(standing(), pk=unit_id).first()
    if unit is None:
        raise NotFound("unit_not_found", N_("没有这个单位。请从列表里选。"))
    matter = matter_of(case, unit, local_date(at))
    if matter is None:
        raise Refused("no_duty_list", N_("还没有装职责清单，不用办准入。"))
    if not matter.community or matter.open_line is not None:
        raise Refused("no_admission_needed", N_("这类事本来就能派给{unit}，不用办准入。"), unit=unit.name)
    until = at + dt.timedelta(days=matter.duties.pack.admission_days)
    facts = {"unit": unit.pk, "until": until.isoformat(), "pack": matter.duties.reference}
    finish(case, by=by, at=at, move="admit", note=note, facts=facts, public=False)
    return case

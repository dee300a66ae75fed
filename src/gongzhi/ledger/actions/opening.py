"""A fund is opened at a place by whoever answers there, under the kind in force; closed when nothing is left."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.numbering import next_number
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import Account, Fund
from gongzhi.packs.fund_contents import FundPack
from gongzhi.people.models import Organization
from gongzhi.places.models import Place


@transaction.atomic
def open_fund(
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    name: str,
    place: Place,
    organization: Organization,
    host: str,
    proof: str,
    opened_on: dt.date,
    second_above: int | None = None,
    first_total: int | None = None,
    ceilings: dict[str, int] | None = None,
) -> Fund:
    """A fund with the accounts of its kind. `second_above` may be lower than the kind's limit, never higher.

    `ceilings`: by the code of the pack's account. Raises Forbidden, NotFound `unknown_fund_kind`, Refused
    `host_not_qualified`, `proof_missing`, `name_missing`, `limit_too_high`, `first_total_missing`.
    """
    require(by, rules.OPEN, path=place.path)
    check_activity("ledger")
    pack, reference = _kind(kind, opened_on)
    name, proof = " ".join(name.split())[:60], tidy(proof)[:120]
    if not name:
        raise Refused("name_missing", N_("请给这本账起个名字。"), field="name")
    _check_host(pack, host, proof)
    limit = pack.second_above if second_above is None else second_above
    if limit > pack.second_above:
        most = rules.amount_text(pack.second_above, pack.unit)
        raise Refused("limit_too_high", N_("一个人能定的最多 {most}，可以更少。"), most=most, field="second_above")
    if pack.alarm is not None and not first_total:
        message = N_("请写{what}，余额低于它的一部分时要提醒。")
        raise Refused("first_total_missing", message, what=pack.alarm.of, field="first_total")
    number = next_number("ledger_fund", "F", 3)
    fund = Fund(number=number, name=name, kind=kind, pack=reference, unit=pack.unit, place=place)
    fund.path, fund.organization, fund.host, fund.proof = place.path, organization, host, proof
    fund.second_above, fund.first_total = limit, first_total if pack.alarm else None
    fund.opened_on, fund.opened_by = opened_on, by.reference
    fund.save(force_insert=True)
    _add_accounts(fund, pack, ceilings or {})
    changes = {"kind": [None, kind], "pack": reference, "place": place.code, "organization": organization.code}
    record(by=by, at=at, action="ledger.open", subject=fund.reference, changes=changes)
    link(by=by, at=at, source=f"organization:{organization.pk}", relation="holds", target=fund.reference)
    return fund


def _kind(kind: str, on: dt.date) -> tuple[FundPack, str]:
    found = queries.kinds_in_force(on).get(kind)
    if found is None:
        raise NotFound("unknown_fund_kind", N_("没有这种账本。请从列表里选。"), field="kind")
    return found


def _check_host(pack: FundPack, host: str, proof: str) -> None:
    """The pack says who may hold it; what shows that has to be written down."""
    found = next((one for one in pack.hosts if one.code == host), None)
    if found is None:
        able = "、".join(one.name for one in pack.hosts)
        message = N_("这种账本只能由这几种单位管：{able}。")
        raise Refused("host_not_qualified", message, able=able, field="host")
    if not proof:
        raise Refused("proof_missing", N_("请写{proof}，别人才能核对。"), proof=found.proof, field="proof")


def _add_accounts(fund: Fund, pack: FundPack, ceilings: dict[str, int]) -> None:
    rows = []
    for position, line in enumerate(pack.accounts):
        code = fund.number if position == 0 else f"{fund.number}-{position}"
        row = Account(fund=fund, code=code, position=position, line=line.code, kind=line.kind, purpose=line.purpose)
        row.name = fund.name if position == 0 else line.name
        row.floor = line.floor if isinstance(line.floor, int) else None
        if line.each == "person":
            row.ceiling = 0  # it stands for all of them in statements; what is held lies on their own accounts
            rows.append(row)
            continue
        row.ceiling = ceilings.get(line.code, line.ceiling if isinstance(line.ceiling, int) else None)
        rows.append(row)
    Account.objects.bulk_create(rows)


@transaction.atomic
def close_fund(*, by: Actor, at: dt.datetime, number: str, on: dt.date) -> Fund:
    """Nothing left, nothing waiting, every entry in a closed period: it takes no entry any more.

    Raises Forbidden, Conflict `fund_closed`, `fund_not_empty`, `periods_open`.
    """
    fund = queries.get_fund_for(by, number, lock=True)
    require(by, rules.OPEN, path=fund.path)
    check_activity("ledger")
    if fund.closed_on is not None:
        raise Conflict("fund_closed", N_("这本账已经停用。"))
    if queries.left_in(fund) or fund.entries.filter(approval=None).exists():
        raise Conflict("fund_not_empty", N_("账上还有钱，或者还有没批的。先结清，再停用。"))
    if queries.has_open_entries(fund):
        raise Conflict("periods_open", N_("还有没结账的一期。先把记过账的每一期结了，再停用。"))
    fund.closed_on = on
    fund.save(update_fields=["closed_on"])
    record(by=by, at=at, action="ledger.close_fund", subject=fund.reference, changes={"closed_on": on.isoformat()})
    return fund

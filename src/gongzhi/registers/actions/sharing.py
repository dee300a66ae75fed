"""共享: another system reads facts within a grant that two people gave; every reading is written down."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import log_access, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.personal import asked_for
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.engines.suppression import suppress_list
from gongzhi.packs import queries as packs
from gongzhi.packs.field_contents import FieldDef
from gongzhi.people import actions as people
from gongzhi.places.models import Place
from gongzhi.places.queries import find_place
from gongzhi.registers.models import ExchangeGrant
from gongzhi.registers.queries.dictionary import Dictionary, dictionary, get_field
from gongzhi.registers.queries.facts import standings_where
from gongzhi.registers.rules.asking import check_other_person
from gongzhi.registers.rules.facts import raw

LONGEST_DAYS = 366
ROW_LEVELS = ("L1", "L2")


@transaction.atomic
def ask_grant(
    *,
    by: Actor,
    at: dt.datetime,
    consumer: str,
    fields: Sequence[str],
    place: Place,
    purpose: str,
    basis: str,
    until: dt.date,
) -> ExchangeGrant:
    """Propose that a body may read these fields there for one purpose; nobody reads before a second person agrees.

    Raises Forbidden, Refused `grant_incomplete`, `unknown_field`, `purpose_not_allowed`, `person_not_shared`,
    `grant_too_long`.
    """
    require(by, "registers.share", path=place.path)
    check_activity("exchange")
    known, today = dictionary(local_date(at)), local_date(at)
    if not (tidy(consumer) and tidy(basis) and fields):
        raise Refused("grant_incomplete", N_("要写明给谁看、看哪几项、凭什么给。"), field="consumer")
    for code in fields:
        _check_shareable(get_field(known.fields, code), purpose)
    if not today <= until <= today + dt.timedelta(days=LONGEST_DAYS):
        raise Refused("grant_too_long", N_("授权最长一年，到期重新审。"), field="until")
    grant = ExchangeGrant.objects.create(
        consumer=tidy(consumer),
        fields=list(dict.fromkeys(fields)),
        place=place,
        path=place.path,
        purpose=purpose,
        basis=tidy(basis),
        until=until,
        asked_by=by.reference,
        asked_at=at,
    )
    changes = {"fields": grant.fields, "place": place.code, "purpose": purpose, "until": until.isoformat()}
    record(by=by, at=at, action="registers.ask_grant", subject=f"grant:{grant.pk}", changes=changes)
    return grant


def _check_shareable(field: FieldDef, purpose: str) -> None:
    if field.about == "person":
        raise Refused("person_not_shared", N_("“{name}”是关于人的，不对外共享。"), name=field.name)
    if purpose not in field.purposes:
        raise Refused("purpose_not_allowed", N_("“{name}”不许用于这个用途。"), name=field.name)


def _get_grant(by: Actor, grant_id: int) -> ExchangeGrant:
    grant = ExchangeGrant.objects.select_for_update(of=("self",)).filter(pk=grant_id).first()
    if grant is None or not any(grant.path.startswith(path) for path in by.paths_for("registers.share")):
        raise NotFound("grant_not_found", N_("没有这项共享授权，或者不归您管。"))
    return grant


@transaction.atomic
def approve_grant(*, by: Actor, at: dt.datetime, grant_id: int) -> str:
    """A second person agrees: the reader's account and token come into being; the token is shown once.

    Raises NotFound, Forbidden `own_form`, Conflict `grant_decided`.
    """
    grant = _get_grant(by, grant_id)
    check_other_person(by.reference, grant.asked_by)
    if grant.approved_at is not None or grant.revoked_at is not None:
        raise Conflict("grant_decided", N_("这项授权已经办过了。"))
    grant.account, token = people.create_reader(by=by, at=at)
    grant.approved_by, grant.approved_at = by.reference, at
    grant.save()
    changes = {"account": str(grant.account_id)}
    record(by=by, at=at, action="registers.approve_grant", subject=f"grant:{grant.pk}", changes=changes)
    return token


@transaction.atomic
def revoke_grant(*, by: Actor, at: dt.datetime, grant_id: int) -> ExchangeGrant:
    """End a grant at once; its token opens nothing any more. Raises NotFound, Conflict `grant_decided`."""
    grant = _get_grant(by, grant_id)
    if grant.revoked_at is not None:
        raise Conflict("grant_decided", N_("这项授权已经办过了。"))
    grant.revoked_at = at
    grant.save(update_fields=["revoked_at"])
    if grant.account is not None:
        people.revoke_tokens(by=by, at=at, person=grant.account)
    record(by=by, at=at, action="registers.revoke_grant", subject=f"grant:{grant.pk}")
    return grant


@dataclass(frozen=True, slots=True)
class Reading:
    """What a consumer gets: rows or counts, with the purpose, the region and the day."""

    field: FieldDef
    region: str
    purpose: str
    on: dt.date
    rows: list[dict[str, Any]]
    counts: dict[str, int | None]
    total: int | None
    suppressed_below: int


def _grant_of(by: Actor, field: str, purpose: str, on: dt.date) -> ExchangeGrant:
    """Raises Forbidden `no_grant`, `grant_expired`, `purpose_not_granted`, `field_not_granted`."""
    rows = ExchangeGrant.objects.filter(account_id=by.person_id, approved_at__isnull=False, revoked_at__isnull=True)
    grant = rows.first() if by.person_id else None
    if grant is None:
        raise Forbidden("no_grant", N_("这个令牌没有共享授权。请向社区申请，写明看什么、做什么用。"))
    if grant.until < on:
        raise Forbidden("grant_expired", N_("共享授权到期了。请重新申请。"))
    if purpose != grant.purpose:
        raise Forbidden("purpose_not_granted", N_("授权的用途不是这个。请求要写授权的用途。"))
    if field not in grant.fields:
        raise Forbidden("field_not_granted", N_("授权里没有这一项。"))
    return grant


def _place_of(grant: ExchangeGrant, region: str) -> Place:
    place = find_place(region)
    if place is None or place.kind == "dwelling" or not place.path.startswith(grant.path):
        raise Forbidden("outside_grant", N_("授权里没有这个地方，或者地方太小。"))
    return place


@transaction.atomic
def read_shared(*, by: Actor, at: dt.datetime, field: str, region: str, purpose: str, counts: bool) -> Reading:
    """What stands of one field in a region, for who holds the grant; the reading is written down.

    Rows only of levels L1 and L2; of L3 and L4 counts, small ones hidden so that nobody can subtract them out.
    Raises Forbidden (see `_grant_of`, `_place_of`; `rows_not_shared`).
    """
    on = local_date(at)
    check_activity("exchange")
    known: Dictionary = dictionary(on)
    level = known.fields[field].level if field in known.fields else "L1"
    with asked_for(f"field:{field}", field, level=level):
        grant = _grant_of(by, field, purpose, on)
        place = _place_of(grant, region)
        asked = get_field(known.fields, field)
        _check_shareable(asked, purpose)
        if not counts and asked.level not in ROW_LEVELS:
            raise Forbidden("rows_not_shared", N_("这一项只给统计数，不给一户一户的。请求里写 as=counts。"))
    subjects = [f"grant:{grant.pk}", f"place:{place.kind}/{place.code}", f"field:{field}"]
    log_access(by=by, at=at, subjects=subjects, fields=field, purpose=purpose)
    found = standings_where(place.path, on, [field])
    sure = {subject: stands[field].fact for subject, stands in found.items() if stands[field].sure}
    k = packs.small_cell(on)
    if counts:
        counted = Counter(raw(fact.value) for fact in sure.values())
        shown, total = suppress_list(dict(sorted(counted.items())), k=k)
        return Reading(asked, region, purpose, on, [], shown, total, k)
    rows = [
        {"subject": subject, "value": fact.value, "observed_on": fact.observed_on, "source": fact.source}
        for subject, fact in sorted(sure.items())
    ]
    return Reading(asked, region, purpose, on, rows, {}, len(rows), k)

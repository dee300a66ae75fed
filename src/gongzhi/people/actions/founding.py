"""Founding a body that governs itself: written into the register with its seats, by who keeps the register there."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.packs import queries as packs
from gongzhi.packs.model_self_government import BodySeats, SelfGoverning
from gongzhi.people import rules
from gongzhi.people.actions.organizations import write_organization, write_post
from gongzhi.people.models import Organization
from gongzhi.people.queries import governing, standing
from gongzhi.places.models import Place

LONGEST_NAME, LONGEST_SCOPE, LONGEST_DECISION = 120, 300, 120


@transaction.atomic
def found_body(
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    place: Place,
    decision: str,
    name: str = "",
    founded_on: dt.date | None = None,
    term_years: int | None = None,
    scope: str = "",
    seats: Sequence[tuple[str, int]] = (),
) -> Organization:
    """A self-governing body at its place, with posts for its members; what is not given is the kind's.

    It stands below the nearest such body above. Raises Forbidden, NotFound `not_self_governing`, Refused
    `set_up_by_law`, `wrong_level`, `name_missing`, `decision_missing`, `bad_term`, `bad_seats`, `founded_ahead`,
    Conflict `body_there`.
    """
    require(by, rules.FOUND, path=place.path)
    named, governs = governing.kind_of(kind)
    name = tidy(name)[:LONGEST_NAME] or f"{place.name}{named.name}"
    decision, day = tidy(decision)[:LONGEST_DECISION], founded_on or local_date(at)
    years = governs.term_years if term_years is None else term_years
    rules.check_founding(
        kind=named.name,
        level=place.level,
        levels=_levels(governs),
        instituted=governs.instituted,
        name=name,
        decision=decision,
        term_years=years,
    )
    if day > local_date(at):
        raise Refused("founded_ahead", N_("成立的日期在以后。成立了再写。"), field="founded_on")
    if Organization.objects.filter(standing(), kind=kind, place=place, name=name).exists():
        raise Conflict("body_there", N_("这里已经有“{name}”了。"), name=name, field="name")
    wanted = _seats(governs, seats)
    features = {"decision": decision, "term_years": years, "scope": tidy(scope)[:LONGEST_SCOPE]}
    body = write_organization(
        by=by,
        at=at,
        code=_free_code(kind, place),
        kind=kind,
        name=name,
        parent=governing.body_above(place, kind),
        place=place,
        valid_from=day,
        features=features,
    )
    for n, seat in enumerate(wanted, 1):
        given: dict[str, Any] = {"title": seat.title, "seats": seat.seats, "place": place, "organization": body}
        write_post(by=by, at=at, code=f"{body.code}-{n}", role=seat.role, valid_from=day, **given)
    return body


def _levels(governs: SelfGoverning) -> dict[str, str]:
    names = {level.code: level.name for level in packs.active_model().levels}
    return {code: names.get(code, code) for code in governs.levels}


def _seats(governs: SelfGoverning, given: Sequence[tuple[str, int]]) -> list[BodySeats]:
    """What was written, each title with the role that the kind gives it; else the kind's own."""
    roles = {seat.title: seat.role for seat in governs.seats}
    if not given:
        return list(governs.seats)
    rules.check_seats(given)
    return [BodySeats(title=title, seats=n, role=roles.get(title, "member")) for title, n in given]


def _free_code(kind: str, place: Place) -> str:
    """kind-place, numbered from the second on."""
    base = f"{kind.replace('_', '-')}-{place.code}"[:54]
    taken = set(Organization.objects.filter(code__startswith=base).values_list("code", flat=True))
    names = (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3)))
    return next(code for code in names if code not in taken)


@transaction.atomic
def describe_body(*, by: Actor, at: dt.datetime, body: Organization, **told: Any) -> Organization:
    """What the body looks after, how long a term is, which text is its charter: `scope`, `term_years`, `charter`.

    Raises Forbidden, NotFound `not_self_governing`, Refused `bad_term`.
    """
    require(by, rules.FOUND, path=body.place.path if body.place else None)
    governing.kind_of(body.kind)
    row = Organization.objects.select_for_update(of=("self",)).get(pk=body.pk)
    years = told.get("term_years", 1)
    if not 1 <= years <= rules.LONGEST_TERM:
        raise Refused("bad_term", N_("一届写 1 到 {most} 年。"), most=rules.LONGEST_TERM, field="term_years")
    if "scope" in told:
        told["scope"] = tidy(told["scope"])[:LONGEST_SCOPE]
    changed = {key: value for key, value in told.items() if row.features.get(key) != value}
    row.features = {**row.features, **changed}
    row.save(update_fields=["features"])
    keys = {"changed": sorted(changed), **({"charter": changed["charter"]} if "charter" in changed else {})}
    record(by=by, at=at, action="people.describe_body", subject=f"organization:{row.pk}", changes=keys)
    return row

"""区划调整: a whole batch of merges, splits, moves and new names from one day on, in one transaction.

What lay in a unit that ends goes to its only successor; where there are several, the batch must say of each child where
it goes. What was stays readable: versions with their dates, links from the old unit to the new one.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongzhi.audit import actions as audit
from gongzhi.audit.imports import ranges_of
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.registry import carry_along
from gongzhi.common.text import N_
from gongzhi.places import boundaries, rules, sql
from gongzhi.places.actions.changing import PERMISSION, _changed, _version_of
from gongzhi.places.boundaries import Plan, Target, Unit
from gongzhi.places.models import Kind, Place, PlaceVersion

SHELF = "places:boundaries"
_KINDS = (Kind.REGION, Kind.GRID)


def unit_of(place: Place) -> Unit:
    """A place as the figures see it."""
    known = place.features
    return Unit(
        place.code, place.name, place.level, known.get("type", ""), known.get("population"), known.get("area_km2")
    )


@dataclass(slots=True)
class _Tree:
    """Everything under the common ancestor, by id; changed in memory, then written at once."""

    by_id: dict[int, Place]
    by_code: dict[str, Place]
    before: dict[int, tuple[str, int | None, str]]
    described: set[int]

    @classmethod
    def read(cls, path: str) -> "_Tree":
        rows = list(Place.objects.current().under(path).defer("polygon").select_for_update())
        by_code = {row.code: row for row in rows if row.kind in _KINDS}
        before = {row.pk: (row.name, row.parent_id, row.path) for row in rows}
        return cls({row.pk: row for row in rows}, by_code, before, set())

    def children(self) -> dict[int | None, list[Place]]:
        found: dict[int | None, list[Place]] = {}
        for row in self.by_id.values():
            found.setdefault(row.parent_id, []).append(row)
        return found

    def place_anew(self) -> None:
        """Work every path out from the parents, from the top down."""
        below = self.children()
        waiting = [row for row in self.by_id.values() if row.parent_id not in self.by_id]
        while waiting:
            row = waiting.pop()
            for child in below.get(row.pk, ()):
                child.path = rules.path_in(row.path, child.code)
                waiting.append(child)

    def moved(self) -> list[Place]:
        """Rows of before with another parent or path."""
        return [
            row
            for row in self.by_id.values()
            if row.pk in self.before and (row.parent_id, row.path) != self.before[row.pk][1:]
        ]

    def changed(self) -> list[Place]:
        """Rows of before whose name, parent, path or description is another."""
        return [
            row
            for row in self.by_id.values()
            if row.pk in self.before
            and ((row.name, row.parent_id, row.path) != self.before[row.pk] or row.pk in self.described)
        ]


def _common_path(plan: Plan) -> str:
    """The path of the deepest place that holds all units of the batch and every parent it names."""
    named = {*plan.becomes, *(target.parent for target in plan.targets.values())}
    rows = Place.objects.current().filter(kind__in=_KINDS, code__in=named).values_list("code", "path")
    parts = [path.strip("/").split("/")[: -1 if code in plan.becomes else None] for code, path in rows]
    shared = []
    for codes in zip(*parts, strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(codes[0])
    return "/" + "".join(f"{code}/" for code in shared)


@transaction.atomic
def change_boundaries(*, by: Actor, at: dt.datetime, plan: Plan, on: dt.date) -> tuple[str, list[int]]:
    """Carry the plan out from a date on; returns the batch's reference and the keys of the places made.

    Raises Forbidden, Refused `boundary_plan_wrong`, `boundary_unknown`, `children_undecided`,
    `ends_before_it_begins`, Conflict `place_not_empty`.
    """
    if plan.wrong:
        message, facts = plan.wrong[0]
        raise Refused("boundary_plan_wrong", message, **facts)
    path = _common_path(plan)
    require(by, PERMISSION, path=path)
    tree = _Tree.read(path)
    _check_known(tree, plan)
    known = {code: unit_of(place) for code, place in tree.by_code.items()}
    # What is written down is the state before: taken now, before anything in memory changes.
    states = {row.pk: _version_of(row, None, on) for row in tree.by_id.values()}
    _resolve_parents(tree, plan)
    made = _make(tree, plan, known, on)
    _keep(tree, plan, known)
    _carry_children(tree, plan)
    tree.place_anew()
    _end(tree, plan, on)
    versions = _write_states(tree, plan, states, on)
    moves = _moves(tree, plan)
    carried = carry_along(moves, at)
    _changed()
    counts = {word: count for one in carried.values() for word, count in one.counts.items()}
    changes = {
        "on": on.isoformat(),
        "root": path,
        "made": len(made),
        "ended": len(plan.ended),
        "carried": counts,
        # What it takes to put everything back (see `reverting`).
        "back": {
            "made": made,
            "ended": [tree.by_code[code].pk for code in sorted(plan.ended)],
            "versions": ranges_of(versions),
            "moves": moves,
            "kept": {room: one.kept for room, one in carried.items() if one.kept},
        },
    }
    return _record(tree, plan, changes, by=by, at=at), made


def _check_known(tree: _Tree, plan: Plan) -> None:
    for code in sorted({*plan.becomes, *(t.parent for t in plan.targets.values() if t.parent)} - {""}):
        if code not in tree.by_code and code not in plan.targets:
            raise Refused("boundary_unknown", N_("库里没有代码是 {place} 的区域。请核对。"), place=code)


def _resolve_parents(tree: _Tree, plan: Plan) -> None:
    """Where the batch does not say it: the parent of the first source, or what that parent becomes."""
    for target in plan.targets.values():
        if target.parent or not target.sources:
            continue
        code = _code_above(tree, tree.by_code[target.sources[0][0]])
        parts = plan.becomes.get(code, [])
        target.parent = parts[0][0] if len(parts) == 1 else code


def _parent_of(tree: _Tree, target: Target) -> Place | None:
    """None for what lies at the top of the tree, or above what is read here."""
    return tree.by_code.get(target.parent)


def _make(tree: _Tree, plan: Plan, known: dict[str, Unit], on: dt.date) -> list[int]:
    """New units, parents first: each layer in one statement."""
    made: list[int] = []
    waiting = [target for target in plan.targets.values() if target.code not in tree.by_code]
    while waiting:
        ready = [target for target in waiting if target.parent in tree.by_code]
        if not ready:
            raise Refused("boundary_unknown", N_("{place} 要写新上级代码。"), place=waiting[0].code)
        fresh = [_fresh(tree, plan, target, known, on) for target in ready]
        for place in Place.objects.bulk_create(fresh, batch_size=1000):
            tree.by_id[place.pk] = place
            tree.by_code[place.code] = place
            made.append(place.pk)
        waiting = [target for target in waiting if target.code not in tree.by_code]
    return made


def _fresh(tree: _Tree, plan: Plan, target: Target, known: dict[str, Unit], on: dt.date) -> Place:
    parent = tree.by_code[target.parent]
    if not target.sources:
        raise Refused("boundary_unknown", N_("{place} 从哪里来？新设的区域请在“地点”里加。"), place=target.code)
    first = tree.by_code[target.sources[0][0]]
    return Place(
        kind=first.kind,
        level=first.level,
        code=target.code,
        name=target.name or first.name,
        parent=parent,
        path=rules.path_in(parent.path, target.code),
        valid_from=on,
        features=_features(target, known, {}),
    )


def _features(target: Target, known: dict[str, Unit], before: dict[str, Any]) -> dict[str, Any]:
    """Type, population and area: what the batch says, else what the sources bring."""
    population, area = boundaries.inherited(target, known)
    first = known[target.sources[0][0]] if target.sources else None
    said: dict[str, Any] = {
        "type": target.type or (first.type if first else ""),
        "population": target.population if target.population is not None else population,
        "area_km2": target.area if target.area is not None else area,
    }
    return {**before, **{name: value for name, value in said.items() if value not in (None, "")}}


def _keep(tree: _Tree, plan: Plan, known: dict[str, Unit]) -> None:
    """Units that keep their code: another name, parent or description."""
    for code in plan.targets.keys() & known.keys():
        place, target = tree.by_code[code], plan.targets[code]
        place.name = target.name or place.name
        if (parent := _parent_of(tree, target)) is not None:
            place.parent = parent
        if (features := _features(target, known, place.features)) != place.features:
            place.features = features
            tree.described.add(place.pk)


def _code_above(tree: _Tree, place: Place) -> str:
    above = tree.by_id.get(place.parent_id or 0)
    return above.code if above else ""


def _carry_children(tree: _Tree, plan: Plan) -> None:
    """What lay in a unit that ends, and is not named itself, goes to the only successor."""
    named = plan.ended | plan.targets.keys()
    below = tree.children()
    for old in plan.ended:
        for child in below.get(tree.by_code[old].pk, ()):
            if child.kind in _KINDS and child.code in named:
                continue
            parts = plan.becomes[old]
            if len(parts) != 1:
                message = N_("{name}分成几处，里面的{child}归哪一处？请在表里各写一行。")
                raise Refused("children_undecided", message, name=tree.by_code[old].name, child=child.name)
            child.parent = tree.by_code[parts[0][0]]


def _end(tree: _Tree, plan: Plan, on: dt.date) -> None:
    """The units that are no more; nothing may be left in them."""
    below = tree.children()
    ended = [tree.by_code[code] for code in plan.ended]
    ids = {place.pk for place in ended}
    for place in ended:
        left = [child for child in below.get(place.pk, ()) if child.pk not in ids]
        if left:
            message = N_("{name}里还有 {count} 个地点。先把它们移走或撤销。")
            raise Conflict("place_not_empty", message, name=place.name, count=len(left))
        rules.check_span(place.valid_from, on)
    Place.objects.filter(pk__in=ids).update(valid_to=on)


def _write_states(tree: _Tree, plan: Plan, states: dict[int, PlaceVersion], on: dt.date) -> list[int]:
    """Versions for whatever changed and goes on, their keys; then names, descriptions, parents and paths."""
    ended = {tree.by_code[code].pk for code in plan.ended}
    changed = [row for row in tree.changed() if row.pk not in ended]
    since = dict(
        PlaceVersion.objects.filter(place__in=[row.pk for row in changed])
        .values_list("place")
        .annotate(last=Max("valid_to"))
    )
    versions = []
    for row in changed:
        version = states[row.pk]
        version.valid_from = since.get(row.pk) or row.valid_from
        rules.check_span(version.valid_from, on)
        versions.append(version)
    kept = [version.pk for version in PlaceVersion.objects.bulk_create(versions, batch_size=2000)]
    told = [row for row in changed if row.name != tree.before[row.pk][0] or row.pk in tree.described]
    Place.objects.bulk_update(told, ["name", "features"], batch_size=500)
    moved = [row for row in tree.moved() if row.pk not in ended]
    values: dict[str, Any] = {
        "ids": [row.pk for row in moved],
        "parents": [row.parent_id for row in moved],
        "paths": [row.path for row in moved],
    }
    sql.run(sql.PLACE_ANEW, values)
    return kept


def _moves(tree: _Tree, plan: Plan) -> dict[str, str]:
    """Old path to new one: of places that moved, each with what is below it, and of those that ended.

    What lay in no part of a unit that was split goes to its largest part: work must have somebody who sees it.
    """
    moves = {}
    for row in tree.moved():
        was, above = tree.before[row.pk][2], tree.before.get(row.parent_id or 0)
        along = above is not None and was == f"{above[2]}{row.code}/"
        if was != row.path and not (along and row.parent_id == tree.before[row.pk][1]):
            moves[was] = row.path
    for old in plan.ended:
        if parts := plan.becomes[old]:
            largest = max(parts, key=lambda part: part[1])[0]
            moves[tree.before[tree.by_code[old].pk][2]] = tree.by_code[largest].path
    return moves


def _record(tree: _Tree, plan: Plan, changes: dict[str, Any], *, by: Actor, at: dt.datetime) -> str:
    """One entry for the batch, and a link from each old unit to what it became."""
    reference = f"boundary:{uuid7().hex}"
    audit.record(by=by, at=at, action="places.change_boundaries", subject=reference, changes=changes)
    audit.link(by=by, at=at, source=SHELF, relation="changed", target=reference)
    for old, parts in plan.becomes.items():
        for new, _ in parts:
            if old != new:
                source, target = tree.by_code[old].reference, tree.by_code[new].reference
                audit.link(by=by, at=at, source=source, relation="became", target=target)
    return reference

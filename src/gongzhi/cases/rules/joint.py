"""Disputes about who is responsible, who decides them, and work that several units do together. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from gongzhi.cases.rules.routing import Unit
from gongzhi.common.access import Scope
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.text import N_

BOUNDARY = "dispute.boundary"


def check_dispute(*, returns: int, reason: str) -> None:
    """The first wish to give a case away is a return; the second a dispute. A boundary is disputed at once."""
    if returns == 0 and reason != BOUNDARY:
        raise Refused("return_first", N_("这件事还没退过。请先退单一次，写明条款；再有争议才请裁决。"), field="reason")


def superiors(unit: Unit, units: Mapping[int, Unit]) -> list[int]:
    """The bodies above a unit, nearest first."""
    found: list[int] = []
    above = unit.parent_id
    while above is not None and above in units and above not in found:
        found.append(above)
        above = units[above].parent_id
    return found


def common_superior(concerned: Sequence[int], units: Mapping[int, Unit], path: str) -> Unit | None:
    """Who decides between these units: the lowest body above all of them, never one of them.

    Where the bodies have no superior in common, the one nearest above all their places and the case's (`path`) that
    governs rather than serves. None when the instance has nobody.
    """
    known = [units[one] for one in concerned if one in units]
    lines = [superiors(unit, units) for unit in known]
    if lines:
        for one in lines[0]:
            if one not in concerned and all(one in line for line in lines[1:]):
                return units[one]
    covered = [path, *(unit.path for unit in known)]
    above = [
        unit
        for unit in units.values()
        if unit.id not in concerned
        and not unit.kind
        and all(place.startswith(unit.path) for place in covered)
    ]
    return max(above, key=lambda unit: (len(unit.path), -unit.id), default=None)


def may_rule(scopes: Iterable[Scope], *, superior_path: str, concerned: Collection[int]) -> bool:
    """Whether a mandate reaches the deciding body's place, and its holder sits in none of the units concerned."""
    held = [scope for scope in scopes if "cases.rule" in scope.permissions]
    if any(scope.organization_id in concerned for scope in held):
        return False
    return any(superior_path.startswith(scope.path) for scope in held)


def check_ruler(scopes: Iterable[Scope], *, superior_path: str, superior: str, concerned: Collection[int]) -> None:
    if not may_rule(scopes, superior_path=superior_path, concerned=concerned):
        raise Forbidden(
            "not_the_superior",
            N_("这件事由{superior}或它的上级裁决，当事的单位不能自己裁。请转给他们。"),
            superior=superior,
        )


def check_nothing_asked(pending: Mapping[str, object]) -> None:
    """One thing at a time waits for a decision: a second would push the first aside."""
    if pending:
        raise Conflict("asked_already", N_("这件事已经有一项在等批。批下来再提。"))


def may_ask_extension(pending: Mapping[str, object]) -> bool:
    """More time may be asked for where nothing waits; and of what is worked on while a ruling waits (先办后议)."""
    return not pending or (pending.get("kind") == "ruling" and "extension" not in pending)


def asked_for(pending: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    """What was asked for of this kind and waits; an extension may stand beside a ruling. None for nothing."""
    if pending.get("kind") == kind:
        return pending
    beside: Mapping[str, Any] | None = pending.get(kind) if kind == "extension" else None
    return beside


def check_ruling_asked(pending: Mapping[str, object]) -> None:
    if pending.get("kind") != "ruling":
        raise Conflict("nothing_asked", N_("没有等您裁决的争议。"))


def check_signed(waiting: Sequence[str]) -> None:
    """The lead answers when every co-handler has signed, or its absence is recorded with a reason."""
    if waiting:
        raise Refused(
            "co_unsigned",
            N_("还有配合单位没签：{units}。等它们签了，或请社区记下没到的原因，再答复。"),
            units="、".join(waiting),
        )


def check_rating(rating: int | None) -> int:
    if rating is None or not 1 <= rating <= 5:
        raise Refused("bad_rating", N_("评价请选 1 到 5。"), field="rating")
    return rating


def precedents(rulings: Iterable[tuple[str, str]], path: str) -> list[str]:
    """References of rulings (reference, path) near a place, nearest first: those sharing at least its community."""
    codes = path.strip("/").split("/")

    def shared(other: str) -> int:
        pairs = zip(codes, other.strip("/").split("/"), strict=False)
        same = 0
        for mine, theirs in pairs:
            if mine != theirs:
                break
            same += 1
        return same

    near = [(shared(other), reference) for reference, other in rulings]
    least = min(len(codes), 3)
    return [reference for depth, reference in sorted(near, key=lambda pair: -pair[0]) if depth >= least]

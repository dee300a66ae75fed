"""Workbooks about organizations, and about posts and the people in them. Telephone numbers go to the vault only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.access import Actor, covers
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people import actions
from gongzhi.people.models import Organization, OrganizationVersion
from gongzhi.places.models import Place

MANAGE = "people.manage"
_SPLIT = str.maketrans("，,；;", "、、、、")
COLUMNS = (
    Column("code", N_("代码"), True, N_("全站不重复，字母、数字、短横"), "YS-street", also=("组织代码",)),
    Column("name", N_("名称"), True, N_("牌子上的全称"), "演示街道办事处", also=("组织名称",)),
    Column("kind", N_("类别"), True, N_("模式里的组织类别，一字不差"), "街道办事处", also=("组织类别",)),
    Column("parent", N_("上级代码"), False, N_("上级组织；没有就空着"), "YS-party", also=("上级组织代码",)),
    Column("place", N_("地点代码"), True, N_("管哪个地方就写哪个地方"), "YS-1", also=("所在地点代码",)),
    Column("unit_kind", N_("责任单位类型"), False, N_("派单按它找；模式里的名称"), "社区"),
    Column("serves", N_("另管的分类"), False, N_("分类名称或代码，用顿号隔开"), ""),
)


@dataclass(frozen=True, slots=True)
class OrganizationDraft:
    """One body to be made."""

    code: str
    name: str
    kind: str
    parent: str
    place: str
    unit_kind: str
    serves: tuple[str, ...]


@dataclass(slots=True)
class _Known:
    """Words of the model, places and bodies that the rows name, and the verdict on every row."""

    kinds: dict[str, str]
    unit_kinds: dict[str, str]
    categories: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, tuple[str, str]] = field(default_factory=dict)
    drafts: dict[str, OrganizationDraft] = field(default_factory=dict)
    verdicts: dict[int, Any] = field(default_factory=dict)


def paths_of(codes: set[str]) -> dict[str, str]:
    """Paths of valid places by code; where kinds share one, the highest."""
    rows = Place.objects.current().filter(code__in=codes).order_by("-path")
    return dict(rows.values_list("code", "path"))


def check_reach(by: Actor, path: str, place: str) -> None:
    """Raises WrongRow for a place out of the actor's hands."""
    if by.kind != "system" and not covers(by.paths_for(MANAGE), path):
        raise WrongRow(N_("地点 {place} 不在您管的地方"), place=place)


def _words(rows: Sequence[Any]) -> dict[str, str]:
    return {word: row.code for row in rows for word in (row.name, row.code)}


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    model = packs.active_model()
    known = _Known(_words(model.organization_kinds), _words(model.unit_kinds), _words(packs.categories()))
    known.places = paths_of({row["place"] for row in rows})
    codes = {row[name] for row in rows for name in ("code", "parent")}
    found = Organization.objects.filter(code__in=codes, valid_to__isnull=True)
    known.bodies = {
        code: (name, above or "") for code, name, above in found.values_list("code", "name", "parent__code")
    }
    for row in rows:
        known.verdicts[id(row)] = _verdict(row, known, by)
    _spread(known)
    return known


def _verdict(row: Row, known: _Known, by: Actor) -> Any:
    try:
        draft = _drafted(row, known, by)
    except WrongRow as wrong:
        return wrong
    if draft.code in known.drafts:
        same = known.drafts[draft.code] == draft
        return None if same else WrongRow(N_("代码 {code} 在表里写了两次，内容不同"), code=draft.code)
    if (there := known.bodies.get(draft.code)) is not None:
        if there == (draft.name, draft.parent):
            return None
        message = N_("代码 {code} 已经有了，库里叫“{name}”，上级是 {parent}。要改请到“组织和任职”里办")
        return WrongRow(message, code=draft.code, name=there[0], parent=there[1] or "—")
    known.drafts[draft.code] = draft
    return draft


def _drafted(row: Row, known: _Known, by: Actor) -> OrganizationDraft:
    if not row["code"] or len(row["code"]) > 60 or "/" in row["code"]:
        raise WrongRow(N_("代码“{code}”不能用：1 到 60 个字，不带斜线"), code=row["code"])
    if (kind := known.kinds.get(row["kind"])) is None:
        words = "、".join(sorted(word for word in known.kinds if not word.isascii()))
        raise WrongRow(N_("没有“{kind}”这个类别。可用的有：{words}"), kind=row["kind"], words=words)
    if (path := known.places.get(row["place"])) is None:
        raise WrongRow(N_("没有代码是 {place} 的地点"), place=row["place"])
    check_reach(by, path, row["place"])
    unit_kind = _coded(row["unit_kind"], known.unit_kinds, N_("没有“{word}”这种责任单位"))
    serves = [word for word in row["serves"].translate(_SPLIT).split("、") if word]
    codes = [_coded(word, known.categories, N_("没有“{word}”这个分类")) for word in serves]
    return OrganizationDraft(row["code"], row["name"], kind, row["parent"], row["place"], unit_kind, tuple(codes))


def _coded(word: str, known: dict[str, str], message: str) -> str:
    if word and word not in known:
        raise WrongRow(message, word=word)
    return known.get(word, "")


def _spread(known: _Known) -> None:
    """Parents may stand in any order; a row whose parent is nowhere or itself wrong is wrong, and no circle passes."""
    sound = set(known.bodies) | {""}
    waiting = {row: draft for row, draft in known.verdicts.items() if isinstance(draft, OrganizationDraft)}
    while ready := [row for row, draft in waiting.items() if draft.parent in sound]:
        for row in ready:
            draft = waiting.pop(row)
            sound.add(draft.code)
    for row, draft in waiting.items():
        known.verdicts[row] = WrongRow(N_("没有上级组织 {parent}，或者上级那一行有错"), parent=draft.parent)


def _check(row: Row, known: _Known) -> OrganizationDraft | None:
    verdict = known.verdicts[id(row)]
    if isinstance(verdict, WrongRow):
        raise verdict
    found: OrganizationDraft | None = verdict
    return found


def _write(drafts: Sequence[OrganizationDraft], by: Actor, at: dt.datetime) -> Made:
    made = {body.code: body for body in Organization.objects.filter(code__in=[draft.parent for draft in drafts])}
    rows = Place.objects.current().filter(path__in=paths_of({draft.place for draft in drafts}).values())
    places = {place.code: place for place in rows.defer("polygon")}
    waiting, fresh = list(drafts), []
    while waiting:
        later = []
        for draft in waiting:
            if draft.parent and draft.parent not in made:
                later.append(draft)
                continue
            made[draft.code] = _add(draft, made, places, by, at)
            fresh.append(made[draft.code].pk)
        waiting = later
    versions = OrganizationVersion.objects.filter(organization__in=fresh).values_list("pk", flat=True)
    return {"people.Organization": fresh, "people.OrganizationVersion": list(versions)}


def _add(
    draft: OrganizationDraft, made: dict[str, Organization], places: dict[str, Place], by: Actor, at: dt.datetime
) -> Organization:
    return actions.add_organization(
        by=by,
        at=at,
        code=draft.code,
        kind=draft.kind,
        name=draft.name,
        parent=made.get(draft.parent),
        place=places[draft.place],
        serves=list(draft.serves),
        features={"unit_kind": draft.unit_kind} if draft.unit_kind else {},
    )


ORGANIZATIONS = Kind(
    name="organizations",
    title=N_("组织"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=MANAGE,
    about=N_("党委、街道、社区、物业、部门都算组织。上级可以在这张表里，先后不论。"),
    sheet=35,
)

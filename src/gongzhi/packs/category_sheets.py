"""分类 from a workbook: what this office calls things, beside the model's categories; chosen by staff at once.

Rows are laid over what is there, so that the workbook of wrong rows can be brought in by itself. What was loaded stays
(cases name it): an import is undone by loading what stood before as the next version.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.sheets import Column, Made, Row, WrongRow, register_kind, says_yes, spoken
from gongzhi.common.text import N_
from gongzhi.packs import queries, rules, taxonomies
from gongzhi.packs.contents import typed
from gongzhi.packs.model_contents import Category
from gongzhi.packs.models import Pack
from gongzhi.packs.sheet_words import EVIDENCE, PROOF, all_coded, coded, named, pack_kind, parts_of, priority_words
from gongzhi.packs.taxonomy_contents import TaxonomyPack

CODE = Column("code", N_("分类代码"), True, N_("字母、数字、点、短横；以后认它"), "YS.parcel", also=("代码", "编号"))
NAME = Column("name", N_("分类名称"), True, N_("工作人员和居民看到的"), "快递柜", also=("名称", "类别"))
PARENT = Column("parent", N_("上级分类"), False, N_("模式或这张表里的，名称或代码"), "公用设施", also=("上级",))
UNIT = Column("unit_kind", N_("责任单位类型"), False, N_("派单按它找；空着就跟上级分类"), "物业服务处")
CLASS = Column("priority", N_("时限类别"), False, N_("急事、难事、琐事、小事；空着就跟上级分类"), "小事")
ALIASES = Column("keywords", N_("别名"), False, N_("居民会怎么说，用顿号隔开"), "丰巢、快递架", also=("关键词",))
REASON = Column("reason", N_("依据"), False, N_("为什么归他管；空着就跟上级分类"), "本街道〔2026〕2号", also=("条款",))
HIDDEN = Column("hidden", N_("不公开"), False, N_("写是的，公开页只计数，不列出"), "否")
ENDED = Column("ended", N_("停用"), False, N_("写是的，以后不能再选；办过的件不变"), "否")
COLUMNS = (CODE, NAME, PARENT, UNIT, CLASS, ALIASES, REASON, PROOF, HIDDEN, ENDED)


@dataclass(frozen=True, slots=True)
class Draft:
    """One category to be laid over what is there; `ended`: it can be chosen no more."""

    category: Category
    ended: bool


@dataclass(slots=True)
class _Known:
    model: Mapping[str, Category]
    own: Mapping[str, Category]
    kinds: Mapping[str, str]
    priorities: Mapping[str, str]
    words: dict[str, str] = field(default_factory=dict)
    verdicts: dict[int, Any] = field(default_factory=dict)


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    model = {item.code: item for item in queries.active_model().categories}
    own = {item.code: item for item in queries.own_categories()}
    known = _Known(model, own, named(queries.active_model().unit_kinds), priority_words())
    known.words = spoken({item.code: (item.name,) for item in (*own.values(), *model.values())})
    known.words |= {word.lower(): row["code"] for row in rows for word in (row["name"], row["code"]) if word}
    drafts: dict[str, Draft] = {}
    for row in rows:
        known.verdicts[id(row)] = _verdict(row, known, drafts)
    _complete(known, drafts)
    return known


def _verdict(row: Row, known: _Known, drafts: dict[str, Draft]) -> Draft | WrongRow:
    try:
        draft = _drafted(row, known)
    except WrongRow as wrong:
        return wrong
    if drafts.setdefault(draft.category.code, draft) is not draft:
        return WrongRow(N_("代码 {code} 在表里写了两次"), code=draft.category.code)
    return draft


def _drafted(row: Row, known: _Known) -> Draft:
    if row["code"] in known.model:
        raise WrongRow(N_("{code} 是模式自己的分类，在模式里改。自设的请换一个代码"), code=row["code"])
    if row["code"].startswith(f"{taxonomies.PREFIX}."):
        raise WrongRow(N_("代码不能用 {prefix} 开头，那是导入留言时用的"), prefix=f"{taxonomies.PREFIX}.")
    given = {
        "code": row["code"],
        "name": row["name"],
        "parent": coded(row["parent"], PARENT, known.words),
        "keywords": {word: len(word) for word in (row["name"], *parts_of(row["keywords"]))},
        "priority": coded(row["priority"], CLASS, known.priorities) or None,
        "unit_kind": coded(row["unit_kind"], UNIT, known.kinds),
        "reason": row["reason"],
        "evidence": all_coded(row["evidence"], PROOF, EVIDENCE),
        "published": not says_yes(row, HIDDEN),
    }
    try:
        category: Category = typed(given, Category)
    except ValueError as wrong:
        raise WrongRow(N_("代码“{code}”不能用：字母、数字、点、短横，最多 64 个字"), code=row["code"]) from wrong
    return Draft(category, says_yes(row, ENDED))


def _complete(known: _Known, drafts: Mapping[str, Draft]) -> None:
    """Blank cells take what the category above says; a parent that is not there, or a circle, is wrong."""
    every = {**known.model, **known.own, **{code: draft.category for code, draft in drafts.items()}}
    gone = {code for code, draft in drafts.items() if draft.ended}
    parents = {item.parent for item in every.values() if item.code not in gone}
    for row, verdict in known.verdicts.items():
        if isinstance(verdict, Draft):
            known.verdicts[row] = _completed(verdict, every, gone, leaf=verdict.category.code not in parents)


def _completed(draft: Draft, every: Mapping[str, Category], gone: set[str], *, leaf: bool) -> Draft | WrongRow:
    if draft.ended:
        return draft if leaf else WrongRow(N_("“{name}”下面还有分类，先停用下面的"), name=draft.category.name)
    found, seen = draft.category, {draft.category.code}
    above = found.parent
    while above:
        if above in gone or above not in every:
            return WrongRow(N_("没有上级分类 {parent}，或者它停用了"), parent=above)
        if above in seen:
            return WrongRow(N_("上级分类绕成了圈"))
        seen.add(above)
        one = every[above]
        found = msgspec.structs.replace(
            found,
            unit_kind=found.unit_kind or one.unit_kind,
            priority=found.priority or one.priority,
            reason=found.reason or one.reason,
        )
        above = one.parent
    if leaf and not (found.unit_kind and found.priority):
        return WrongRow(N_("“{name}”没有上级可跟，要写责任单位类型和时限类别"), name=found.name)
    return Draft(found, ended=False)


def _check(row: Row, known: _Known) -> Draft | None:
    verdict = known.verdicts[id(row)]
    if isinstance(verdict, WrongRow):
        raise verdict
    draft: Draft = verdict
    there = known.own.get(draft.category.code)
    return None if there == (None if draft.ended else draft.category) else draft


def _write(drafts: Sequence[Draft], by: Actor, at: dt.datetime) -> Made:
    from gongzhi.packs.actions import load_categories

    merged = {item.code: item for item in queries.own_categories()}
    for draft in drafts:
        if draft.ended:
            merged.pop(draft.category.code, None)
        else:
            merged[draft.category.code] = draft.category
    source = gettext(N_("从 Excel 导入，{day}")).format(day=local_date(at).isoformat())
    loaded = load_categories(by=by, at=at, categories=list(merged.values()), source=source)
    return {"packs.Pack": [loaded.pack.pk]}


def _later(made: Made) -> list[str]:
    """A later version rests on this one: that one is undone first."""
    row = Pack.objects.get(pk=made["packs.Pack"][-1])
    newest = queries.newest(row.kind, row.name)
    if newest is None or newest.pk == row.pk:
        return []
    day = local_date(newest.loaded_at).isoformat()
    return [gettext(N_("{day} 又改过分类（第 {version} 版），先撤销那一次")).format(day=day, version=newest.version)]


def _take_back(made: Made, by: Actor, at: dt.datetime) -> int:
    """What stood before, as the next version; how many categories change by it."""
    from gongzhi.packs.actions import load_categories

    row = Pack.objects.get(pk=made["packs.Pack"][-1])
    before = _before(row)
    now, then = ({item.code: item for item in some} for some in (queries.own_categories(), before))
    source = gettext(N_("撤销导入，{day}")).format(day=local_date(at).isoformat())
    load_categories(by=by, at=at, categories=before, source=source)
    return sum(now.get(code) != then.get(code) for code in now.keys() | then.keys())


def _before(row: Pack) -> Sequence[Category]:
    older = [
        one
        for one in Pack.objects.filter(kind=row.kind, name=row.name)
        if rules.version_key(one.version) < rules.version_key(row.version)
    ]
    last = max(older, key=lambda one: rules.version_key(one.version), default=None)
    content = queries.content_of(last) if last else None
    return content.categories if isinstance(content, TaxonomyPack) else ()


CATEGORIES = pack_kind(
    name="categories",
    title=N_("分类"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    about=N_("模式自带的分类不够用，就在这里添。导入后马上能选；代码一样的行改掉原来的。"),
    sheet=55,
    held_by=_later,
    take_back=_take_back,
)


def register() -> None:
    register_kind(CATEGORIES)

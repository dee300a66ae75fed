"""What a form must say before it may ask (个人信息保护法 5–7, 13, 17, 19, 37), and what others ask already. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.text import N_
from gongzhi.engines.similarity import Rarity, resemblance, shingles
from gongzhi.packs.field_contents import FieldDef

LONGEST_OPEN_DAYS = 366


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form with the reason why it is asked."""

    code: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form before it may be sent in: everything that could be missing."""

    title: str = ""
    about: str = ""
    fields: tuple[Asked, ...] = ()
    purpose_code: str = ""
    purpose: str = ""
    basis_kind: str = ""
    basis: str = ""
    for_government: bool = False
    authority: str = ""
    retention_days: int | None = None
    receiver: str = ""
    notice: str = ""
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    scene: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the list ✗/✓: is it there, what it is, and by which article."""

    code: str
    ok: bool
    words: str
    facts: Mapping[str, object] = field(default_factory=dict)


def needs(draft: Draft, dictionary: Mapping[str, FieldDef]) -> list[Need]:
    """Everything that a form needs before it may ask, each with whether it is there."""
    said = [
        ("title", draft.title, N_("名称")),
        ("purpose", draft.purpose_code and draft.purpose, N_("用途：收来做什么（个保法 6）")),
        ("basis", draft.basis_kind and draft.basis, N_("依据：凭什么可以收，写到条（个保法 13）")),
        ("receiver", draft.receiver, N_("交给谁用（个保法 17）")),
        ("notice", draft.notice, N_("告知的话：填的人先看到它（个保法 17）")),
    ]
    found = [Need(code, bool(value), words) for code, value, words in said]
    return [*found, *_field_needs(draft, dictionary), *_time_needs(draft, dictionary), *_power_needs(draft)]


def _field_needs(draft: Draft, dictionary: Mapping[str, FieldDef]) -> list[Need]:
    codes = [one.code for one in draft.fields]
    unknown = [code for code in codes if code not in dictionary]
    known = [dictionary[code] for code in codes if code in dictionary]
    silent = [dictionary[one.code].name for one in draft.fields if one.code in dictionary and not one.why.strip()]
    foreign = [one.name for one in known if draft.purpose_code and draft.purpose_code not in one.purposes]
    elsewhere = [one.name for one in known if draft.about and one.about != draft.about]
    listed = {"silent": "、".join(silent), "foreign": "、".join(foreign), "elsewhere": "、".join(elsewhere)}
    return [
        Need("fields", bool(codes) and len(codes) == len(set(codes)), N_("至少一项，每项只问一次")),
        Need(
            "dictionary",
            not unknown,
            N_("每一项都在数据项字典里") if not unknown else N_("字典里没有：{unknown}"),
            {"unknown": "、".join(unknown)},
        ),
        Need(
            "why",
            bool(codes) and not silent,
            N_("每一项都写明为什么要问") if not silent else N_("没写为什么要问：{silent}"),
            listed,
        ),
        Need(
            "allowed",
            not foreign,
            N_("每一项都许可用于这个用途") if not foreign else N_("不许用于这个用途：{foreign}"),
            listed,
        ),
        Need(
            "about",
            bool(draft.about) and not elsewhere,
            N_("问的是同一种对象") if not elsewhere else N_("问的不是这种对象：{elsewhere}"),
            listed,
        ),
    ]


def longest_retention(codes: Iterable[str], dictionary: Mapping[str, FieldDef]) -> int | None:
    """The days that all fields of a form may be kept: the shortest of them (个保法 19)."""
    return min((dictionary[code].keep_days for code in codes if code in dictionary), default=None)


def _time_needs(draft: Draft, dictionary: Mapping[str, FieldDef]) -> list[Need]:
    most = longest_retention((one.code for one in draft.fields), dictionary)
    kept = draft.retention_days
    fits = bool(kept and kept > 0 and (most is None or kept <= most))
    words = N_("留多少天（个保法 19）") if most is None else N_("留多少天，最多 {most} 天（个保法 19）")
    opens, closes = draft.opens_on, draft.closes_on
    ends = bool(opens and closes and opens <= closes and (closes - opens).days <= LONGEST_OPEN_DAYS)
    return [
        Need("retention", fits, words, {"most": most}),
        Need("ends", ends, N_("从哪天到哪天，最长一年；没有不结束的表")),
    ]


def _power_needs(draft: Draft) -> list[Need]:
    found = []
    if draft.for_government:
        words = N_("替政府部门收的，写明哪项法定职权（个保法 37）")
        found.append(Need("authority", bool(draft.authority), words))
    if draft.basis_kind == "emergency" or draft.scene:
        whole = draft.scene and draft.basis_kind == "emergency"
        found.append(Need("scene", whole, N_("突发事件的表，要有正在生效的启用令")))
    return found


def check_complete(listed: Sequence[Need]) -> None:
    """Raises Refused `form_incomplete` with everything that is missing."""
    missing = [need for need in listed if not need.ok]
    if missing:
        raise Refused(
            "form_incomplete",
            N_("还差 {count} 样，补齐再送：{missing}。"),
            count=len(missing),
            missing="；".join(need.words.format(**need.facts) for need in missing),
            codes=",".join(need.code for need in missing),
        )


def check_other_person(by: str, asked_by: str) -> None:
    """Raises Forbidden `own_form`: nobody approves what they asked for."""
    if by == asked_by:
        raise Forbidden("own_form", N_("自己提的自己不能批。请另一位有权的人来批。"))


@dataclass(frozen=True, slots=True)
class Other:
    """Another form that asks now: its codes and title."""

    code: str
    title: str
    unit: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Twice:
    """One field of a new form that somebody asks already: the same code, or other words for the same."""

    field: str
    other_form: str
    other_field: str
    percent: int


def wordings(field_def: FieldDef) -> tuple[str, ...]:
    return (field_def.name, *field_def.synonyms)


def likeness(a: FieldDef, b: FieldDef) -> int:
    """How alike two fields are worded, in percent: the best of all pairs of their names and synonyms."""
    weights = Rarity()
    best = 0.0
    for one in wordings(a):
        for other in wordings(b):
            if one == other:
                return 100
            jaccard, containment = resemblance(shingles(one), shingles(other), weights)
            best = max(best, (jaccard + containment) / 2)
    return int(best * 100)


def closest(
    words: str, dictionary: Iterable[FieldDef], *, percent: int, most: int = 3
) -> list[tuple[FieldDef, int]]:
    """Fields of the dictionary that a free wording most likely asks for, best first."""
    weights = Rarity()
    asked = shingles(words)
    scored = []
    for one in dictionary:
        found = 0.0
        for other in wordings(one):
            jaccard, containment = resemblance(asked, shingles(other), weights)
            found = max(found, 1.0 if words == other else (jaccard + containment) / 2)
        scored.append((one, int(found * 100)))
    good = [(one, score) for one, score in scored if score >= percent]
    return sorted(good, key=lambda pair: (-pair[1], pair[0].code))[:most]


def asked_twice(
    codes: Collection[str], others: Iterable[Other], dictionary: Mapping[str, FieldDef], *, percent: int
) -> list[Twice]:
    """What of a new form others ask already, the surest first; about other subjects nothing is the same."""
    found = []
    for other in others:
        for code in codes:
            if code in other.fields:
                found.append(Twice(code, other.code, code, 100))
            elif code in dictionary:
                found += _alike(code, other, dictionary, percent)
    return sorted(found, key=lambda one: (-one.percent, one.other_form, one.field))


def _alike(code: str, other: Other, dictionary: Mapping[str, FieldDef], percent: int) -> list[Twice]:
    mine = dictionary[code]
    theirs = [dictionary[one] for one in sorted(other.fields) if one in dictionary]
    alike = [(one, likeness(mine, one)) for one in theirs if one.about == mine.about]
    return [Twice(code, other.code, one.code, score) for one, score in alike if score >= percent]

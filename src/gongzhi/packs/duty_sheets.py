"""职责清单 from a workbook: the whole list in one table becomes its next version. What was loaded never changes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Made, Row, WrongRow, register_kind, says_yes, spoken
from gongzhi.common.text import N_
from gongzhi.packs import queries, rules
from gongzhi.packs.contents import typed
from gongzhi.packs.duty_contents import FUNCTION_WORDS, DutiesPack, Duty
from gongzhi.packs.duty_rules import render_duties
from gongzhi.packs.sheet_words import EVIDENCE, PROOF, all_coded, coded, named, pack_kind, priority_words

_FUNCTIONS_EN = {
    "publicity": ("explaining policy", "publicity"),
    "education": ("teaching residents", "education"),
    "service": ("public services", "service"),
    "mediation": ("mediation and public order", "mediation"),
    "assist": ("assisting the government",),
    "voice": ("voicing residents’ views", "voicing residents' views"),
    "outside": ("outside the list",),
}
FUNCTIONS = spoken({code: (word, *_FUNCTIONS_EN[code]) for code, word in FUNCTION_WORDS.items()})
COLUMNS = (
    Column("code", N_("编号"), True, N_("清单里第几项，不重复"), "YS-01"),
    Column("category", N_("事项类别"), True, N_("模式里分类的名称或代码，连下级"), "路灯", also=("类别", "事项")),
    Column("level", N_("层级"), False, N_("牵头单位在哪一级；不分级就空着"), ""),
    Column("lead", N_("牵头单位"), True, N_("责任单位类型，模式里的名称"), "小区物业", also=("牵头",)),
    Column("co", N_("协办单位"), False, N_("责任单位类型，用顿号隔开"), "", also=("协办", "配合单位")),
    Column("fallback", N_("代接单位"), False, N_("这里没有牵头单位时谁先接"), "社区工作站"),
    Column("clause", N_("依据"), True, N_("哪个清单哪一条，派单时照抄"), "职责清单第1项", also=("条款", "依据条款")),
    Column("priority", N_("时限类别"), False, N_("急事、难事、琐事、小事"), "小事"),
    PROOF,
    Column(
        "function",
        N_("六大职能"),
        True,
        N_("政策宣传、教育居民、公共服务、社会调解与管理、协助政府、表达民意，或清单外"),
        "公共服务",
    ),
    Column("community", N_("能派给社区"), False, N_("是或否；空着就是否"), "否"),
    Column("delegated", N_("委托社区办"), False, N_("是的话派单要写经费；空着就是否"), "否"),
)


@dataclass(slots=True)
class _Words:
    """Names of the model by what they stand for; codes stand for themselves. `seen` are the lines read so far."""

    categories: Mapping[str, str]
    levels: Mapping[str, str]
    kinds: Mapping[str, str]
    priorities: Mapping[str, str]
    codes: set[str]
    pairs: set[tuple[str, str]]


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Words:
    model = queries.active_model()
    kinds, levels = named(model.unit_kinds), named(model.levels)
    return _Words(named(queries.categories()), levels, kinds, priority_words(), set(), set())


def _column(name: str) -> Column:
    return next(column for column in COLUMNS if column.field == name)


def _one(row: Row, name: str, words: Mapping[str, str]) -> str:
    return coded(row[name], _column(name), words)


def _several(row: Row, name: str, words: Mapping[str, str]) -> list[str]:
    return all_coded(row[name], _column(name), words)


def _check(row: Row, words: _Words) -> Duty:
    given: dict[str, Any] = {
        "code": row["code"],
        "category": _one(row, "category", words.categories),
        "level": _one(row, "level", words.levels),
        "lead": _one(row, "lead", words.kinds),
        "co": _several(row, "co", words.kinds),
        "fallback": _one(row, "fallback", words.kinds),
        "clause": row["clause"],
        "priority": _one(row, "priority", words.priorities) or None,
        "evidence": _several(row, "evidence", EVIDENCE),
        "function": _one(row, "function", FUNCTIONS),
        "community": says_yes(row, _column("community")),
        "delegated": says_yes(row, _column("delegated")),
    }
    try:
        line: Duty = typed(given, Duty)
    except ValueError as wrong:
        raise WrongRow(N_("“编号”用字母、数字和短横：{said}"), said=str(wrong)) from wrong
    return _fits(line, words)


def _fits(line: Duty, words: _Words) -> Duty:
    """The line, if it stands in no other's way; remembered for the rows below."""
    if line.code in words.codes:
        raise WrongRow(N_("编号 {code} 写了两次"), code=line.code)
    if (line.category, line.level) in words.pairs:
        raise WrongRow(N_("同一类事在同一级写了两条"))
    if line.community and line.function == "outside":
        raise WrongRow(N_("清单外的事不能写成社区可以办"))
    if line.delegated and not line.community:
        raise WrongRow(N_("委托给社区的事，要写社区可以办"))
    words.codes.add(line.code)
    words.pairs.add((line.category, line.level))
    return line


def _write(lines: Sequence[Duty], by: Actor, at: dt.datetime) -> Made:
    """The next version of the list in use; the same lines again make none."""
    from gongzhi.packs.actions import load_pack

    known = queries.duties()
    if known is None:
        raise Refused("no_duty_list", N_("这个模式还没有职责清单可接着写。请管理员先装一份。"))
    if tuple(known.pack.duties) == tuple(lines):
        return {}
    *head, last = rules.version_key(_highest(known.pack))
    version = ".".join(map(str, [*head, last + 1]))
    source = N_("从 Excel 导入，{day}").format(day=local_date(at).isoformat())
    text = render_duties(known.pack, lines, version=version, on=local_date(at), source=source)
    return {"packs.Pack": [load_pack(by=by, at=at, text=text).pack.pk]}


def _highest(pack: DutiesPack) -> str:
    row = queries.newest("duties", pack.name)
    return row.version if row else pack.version


def _kept(made: Made) -> list[str]:
    """A version that was loaded stays: decisions name it."""
    return [N_("职责清单的版本不删：派过的单认它。要换回去，请再导入原来的那张表")] if made.get("packs.Pack") else []


DUTIES = pack_kind(
    name="duties",
    title=N_("职责清单"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    about=N_("一张表就是整份清单，装成下一个版本；表里没写的就不在清单里。派过的单还认原来的版本。"),
    sheet=60,
    held_by=_kept,
)


def register() -> None:
    register_kind(DUTIES)

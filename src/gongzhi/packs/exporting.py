"""Packs as workbooks: the tables that their pages show, with what they rest on in the line above."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.packs.contents import CalendarPack, Pack
from gongzhi.packs.duty_contents import DutiesPack
from gongzhi.packs.model_contents import ModelPack

Words = Mapping[str, Mapping[str, str]]


def _note(pack: Pack) -> str:
    return f"{pack.name} {pack.version} · {pack.source} {pack.article or ''}".strip()


def packs_as_xlsx(rows: Iterable[Mapping[str, Any]]) -> HttpResponse:
    heads = [_("名称"), _("种类"), _("代码"), _("版本"), _("依据"), _("条"), _("把握"), _("生效"), _("失效")]
    lines = (
        (
            row["row"].title,
            row["row"].get_kind_display(),
            row["row"].name,
            row["row"].version,
            row["pack"].source,
            row["pack"].article,
            row["pack"].confidence,
            row["row"].effective_from,
            row["row"].effective_to,
        )
        for row in rows
    )
    return rows_as_xlsx(_("模式包"), heads, lines, title=_("模式包"))


def categories_as_xlsx(pack: ModelPack, words: Words) -> HttpResponse:
    heads = [_("代码"), _("名称"), _("上级"), _("等级"), _("谁来管"), _("为什么"), _("示例，可改")]
    lines = (
        (
            item.code,
            item.name,
            item.parent,
            words["priorities"].get(str(item.priority), ""),
            words["units"].get(item.unit_kind, ""),
            item.reason,
            _("是") if item.illustrative else "",
        )
        for item in pack.categories
    )
    return rows_as_xlsx(pack.title, heads, lines, title=_("分类"), note=_note(pack))


def duties_as_xlsx(pack: DutiesPack, words: Words) -> HttpResponse:
    heads = [_("编号"), _("事项"), _("层级"), _("牵头"), _("协办"), _("依据"), _("职能"), _("社区"), _("示例，可改")]
    kinds = words["kinds"]
    community = {(True, True): _("可以，要经费"), (True, False): _("可以")}
    lines = (
        (
            item.code,
            words["categories"].get(item.category, item.category),
            item.level,
            kinds.get(item.lead, item.lead),
            "、".join(kinds.get(code, code) for code in item.co),
            item.clause,
            words["functions"].get(item.function, item.function),
            community.get((item.community, item.delegated), _("不可以")),
            _("是") if item.illustrative else "",
        )
        for item in pack.duties
    )
    return rows_as_xlsx(pack.title, heads, lines, title=_("职责清单"), note=_note(pack))


def holidays_as_xlsx(pack: CalendarPack) -> HttpResponse:
    """Each holiday with its days, and each day on which people work instead."""
    heads, lines = [_("年份"), _("名称"), _("从"), _("到")], []
    for year in pack.years[::-1]:
        lines += [(year.year, rest.name, rest.first, rest.last) for rest in year.holidays]
        lines += [(year.year, _("调休上班"), day, day) for day in year.workdays]
    return rows_as_xlsx(pack.title, heads, lines, title=_("放假安排"), note=_note(pack))

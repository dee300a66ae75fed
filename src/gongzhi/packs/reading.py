"""TOML text → typed pack, or a refusal that names file, line and key. Pure: no database, no clock."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.packs import checks
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.packs.contents import CalendarPack, FormPack, LawPack, Pack, typed
from gongzhi.packs.duty_contents import DutiesPack
from gongzhi.packs.field_contents import EventsPack, FieldsPack, ScenePack
from gongzhi.packs.fund_contents import FundPack
from gongzhi.packs.indicator_contents import IndicatorsPack
from gongzhi.packs.lines import LineIndex
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.project_contents import ProjectPack
from gongzhi.packs.schedule_contents import PaperPack, SchedulesPack
from gongzhi.packs.sharing_contents import CataloguePack, NeedPack, OfferPack, SharingPack
from gongzhi.packs.taxonomy_contents import TaxonomyPack

KINDS: dict[str, type[Pack]] = {
    "law": LawPack,
    "model": ModelPack,
    "calendar": CalendarPack,
    "form": FormPack,
    "taxonomy": TaxonomyPack,
    "duties": DutiesPack,
    "schedules": SchedulesPack,
    "paper": PaperPack,
    "indicators": IndicatorsPack,
    "fields": FieldsPack,
    "scene": ScenePack,
    "events": EventsPack,
    "procedure": ProcedurePack,
    "fund": FundPack,
    "project": ProjectPack,
    "agreement": AgreementPack,
    "sharing": SharingPack,
    "offer": OfferPack,
    "need": NeedPack,
    "catalogue": CataloguePack,
}
_AT = re.compile(r" - at `([^`]*)`$")
_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_SAYINGS = (
    (re.compile(r"^Object contains unknown field `(.*)`$"), N_("不认识的键 {0}")),
    (re.compile(r"^Object missing required field `(.*)`$"), N_("少了必填的键 {0}")),
    (re.compile(r"^Expected `(.*)`, got `(.*)`$"), N_("类型不对，要 {0}，现在是 {1}")),
    (re.compile(r"^Invalid enum value (.*)$"), N_("没有这个选项 {0}")),
    (re.compile(r"^Expected `.*` matching regex (.*)$"), N_("写法不对，要符合 {0}")),
    (re.compile(r"^Expected `.*` of length (.*)$"), N_("长度要 {0}")),
    (re.compile(r"^Expected `.*` (>=|<=) (.*)$"), N_("数值要 {0} {1}")),
)


class WrongPack(Refused):
    """A pack that cannot be used; facts: file, line, key, problem."""

    def __init__(self, file: str, line: int, key: str, problem: str) -> None:
        super().__init__(
            "pack_wrong",
            N_("{file} 第 {line} 行（{key}）：{problem}。改好这一行再装。"),
            file=file,
            line=line,
            key=key,
            problem=problem,
        )

    def __str__(self) -> str:
        return self.message.format(**self.facts)


def read_pack(text: str, file: str = "pack.toml") -> Pack:
    """The pack in `text`; raises WrongPack for anything that is not one, with the line to mend."""
    raw = _parsed(text, file)
    lines = LineIndex(text)
    shape = KINDS.get(str(raw.get("kind")))
    if shape is None:
        raise WrongPack(
            file, lines.line("$.kind"), "kind", gettext("kind 要是 {kinds} 之一").format(kinds=" / ".join(KINDS))
        )
    pack = _typed(raw, shape, file, lines)
    _refuse(checks.problems(pack), file, lines)
    return pack


def refuse(problems: Iterable[tuple[str, str, Mapping[str, object]]], text: str, file: str = "pack.toml") -> None:
    """Raise WrongPack for the first problem of a pack that reads well but does not fit what is loaded already."""
    _refuse(problems, file, LineIndex(text))


def _refuse(problems: Iterable[tuple[str, str, Mapping[str, object]]], file: str, lines: LineIndex) -> None:
    for path, message, facts in problems:
        problem = gettext(message).format(**facts)
        raise WrongPack(file, lines.line(path), path.removeprefix("$."), problem)


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        said = _SYNTAX_LINE.sub("", str(error)).strip()
        problem = gettext("不是 TOML：{said}").format(said=said)
        raise WrongPack(file, line, "-", problem) from error


def _typed(raw: dict[str, Any], shape: type[Pack], file: str, lines: LineIndex) -> Pack:
    try:
        return typed(raw, shape, strict=True, builtin_types=(dt.date, dt.time, dt.datetime))
    except msgspec.ValidationError as error:
        at = _AT.search(str(error))
        path = at[1] if at else "$"
        said = _AT.sub("", str(error))
        named = re.match(r"^Object (?:contains unknown|missing required) field `(.*)`$", said)
        if named:
            path = f"{path}.{named[1]}"
        raise WrongPack(file, lines.line(path), path.removeprefix("$."), _in_words(said)) from error


def _in_words(said: str) -> str:
    for pattern, words in _SAYINGS:
        if found := pattern.match(said):
            return gettext(words).format(*found.groups())
    return said

"""What a pack of indicators can get wrong; among it, what is never counted here: how much somebody uses a system."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from gongzhi.common.text import N_
from gongzhi.packs.indicator_contents import Check, IndicatorEntry, IndicatorsPack, SheetContent


class Problem(NamedTuple):
    """What is wrong where; the reader turns the path into a line."""

    path: str
    message: str
    facts: dict[str, object]


# 形式主义 in numbers: log-ins, clicks, uploads, hours online, days signed in, posts forwarded. Whoever is measured by
# these is measured by nothing that a resident ever asked for.
EMPTY_WORDS = re.compile(
    "登录|登陆|上线率|在线时长|在线时间|活跃|点击|点赞|转发|阅读量|浏览量|访问量|打卡|签到次数|上传|截图|安装率|注册率|下载量|"
    "留痕数|使用率|使用次数|发帖|刷"
)
EMPTY_CODES = re.compile(
    r"(?:^|[._-])(?:log_?ins?|sign_?ins?|clicks?|uploads?|online|active_users?|dau|mau|visits?|views|likes|shares|"
    r"installs?|downloads?|check_?ins?)(?:$|[._-])",
    re.I,
)
INPUTS = re.compile(
    r"figure:[A-Za-z0-9._-]+(@before|@after)?|"
    r"(before|after|now):[a-z0-9_]+:[^:]*:(count|population|area|mean_population|mean_area)"
)
_NEEDS = {"share": 2, "fewer": 2, "mean": 2, "difference": 2, "size_range": 3}


def is_empty_measure(*said: str) -> bool:
    """Whether a code or a wording counts log-ins, clicks, uploads or time online (M rule)."""
    return any(EMPTY_WORDS.search(text) or EMPTY_CODES.search(text) for text in said)


def indicators_problems(pack: IndicatorsPack) -> Iterator[Problem]:
    """Every problem of the pack, in a stable order."""
    for path in ("indicators", "sheets", "checks"):
        yield from _once(f"$.{path}", [entry.code for entry in getattr(pack, path)])
    known = {one.code for one in pack.indicators}
    for i, one in enumerate(pack.indicators):
        yield from _indicator(f"$.indicators[{i}]", one)
    for i, sheet in enumerate(pack.sheets):
        yield from _sheet(f"$.sheets[{i}]", sheet, known)
    for i, check in enumerate(pack.checks):
        yield from _check(f"$.checks[{i}]", check, known)


def _once(path: str, codes: Iterable[str]) -> Iterator[Problem]:
    seen = Counter[str]()
    for i, code in enumerate(codes):
        seen[code] += 1
        if seen[code] > 1:
            yield Problem(f"{path}[{i}].code", N_("{code} 写了两次"), {"code": code})


def _indicator(path: str, one: IndicatorEntry) -> Iterator[Problem]:
    if is_empty_measure(one.code, one.name, one.question, one.numerator, one.denominator, *one.lineage):
        yield Problem(path, N_("登录、点击、上传、在线时间这类数不能当指标"), {})
    if (one.form == "share") != bool(one.denominator):
        yield Problem(f"{path}.denominator", N_("比率要写分母，别的不写"), {})
    if (one.form == "figure") == bool(one.lineage):
        yield Problem(f"{path}.lineage", N_("算出来的要写来源，导入的数不写"), {})


def _sheet(path: str, sheet: SheetContent, known: set[str]) -> Iterator[Problem]:
    yield from _once(f"{path}.items", [item.code for item in sheet.items])
    total = sum((Fraction(item.weight) for item in sheet.items), Fraction(0))
    if total != Fraction(sheet.total):
        yield Problem(
            f"{path}.total", N_("各项权重合计应是 {total}，现在是 {now}"), {"total": sheet.total, "now": total}
        )
    for i, item in enumerate(sheet.items):
        if bool(item.indicator) == bool(item.scale):
            yield Problem(f"{path}.items[{i}]", N_("indicator 和 scale 要写一个，也只写一个"), {})
        if item.indicator and item.indicator not in known:
            yield Problem(f"{path}.items[{i}].indicator", N_("没有指标 {code}"), {"code": item.indicator})


def _check(path: str, check: Check, known: set[str]) -> Iterator[Problem]:
    if len(check.inputs) < _NEEDS.get(check.rule, 1):
        yield Problem(f"{path}.inputs", N_("这条算法的输入不够"), {})
    for i, word in enumerate((*check.inputs, *([check.stated] if check.stated else []))):
        code = word.removeprefix("figure:").partition("@")[0]
        if not INPUTS.fullmatch(word):
            yield Problem(f"{path}.inputs[{i}]", N_("写法不对：{word}"), {"word": word})
        elif word.startswith("figure:") and code not in known:
            yield Problem(f"{path}.inputs[{i}]", N_("没有指标 {code}"), {"code": code})
    if check.rule == "size_range" and not len(check.minimum) == len(check.maximum) == len(check.inputs) - 1:
        yield Problem(f"{path}.minimum", N_("上下限要和单位种类一样多"), {})

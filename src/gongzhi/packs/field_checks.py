"""What a field dictionary may not hold, whatever it is called (个人信息保护法 6, 28; privacy boundary of this product).

A general register of who is of which people, faith or party, who is ill, who complains, or of faces and prints has
no purpose that a community may have; the words are looked for in names, wordings, options and codes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gongzhi.common.text import N_
from gongzhi.packs.contents import Code
from gongzhi.packs.field_contents import EventsPack, FieldDef, FieldsPack, ScenePack


class Forbidden(NamedTuple):
    """A theme that no dictionary holds: why, its words in Chinese, and the beginnings of its words in codes."""

    theme: str
    reason: str
    words: tuple[str, ...]
    codes: tuple[str, ...]


FORBIDDEN = (
    Forbidden(
        N_("民族"), N_("服务不看民族"), ("民族", "族别", "种族", "籍贯族"), ("ethnic", "race", "nationality", "minzu")
    ),
    Forbidden(
        N_("宗教信仰"),
        N_("信不信、信什么是个人的自由"),
        ("宗教", "信仰", "信教", "教派", "教徒"),
        ("relig", "faith", "church", "zongjiao"),
    ),
    Forbidden(
        N_("政治面貌"),
        N_("党务有自己的系统，社区台账不登记"),
        ("政治面貌", "党派", "是否党员", "党员身份", "政治倾向", "团员"),
        ("politic", "party", "zhengzhi"),
    ),
    Forbidden(
        N_("健康状况"),
        N_("看病的事由医疗机构依法管"),
        (
            "健康状况",
            "病史",
            "病情",
            "疾病",
            "患病",
            "慢性病",
            "体检",
            "残疾",
            "精神障碍",
            "怀孕",
            "孕期",
            "血型",
            "核酸",
            "体温",
        ),
        ("health", "disease", "illness", "medical", "disab", "pregnan", "blood", "diagnos", "temperature"),
    ),
    Forbidden(
        N_("生物识别"),
        N_("本产品不做人脸和指纹"),
        ("指纹", "掌纹", "人脸", "面部", "虹膜", "声纹", "步态", "基因"),
        ("fingerprint", "faceid", "facial", "iris", "voiceprint", "biometr", "gait", "dna", "genetic", "genom"),
    ),
    Forbidden(
        N_("给人贴标签"),
        N_("人不分等级，也不贴标签"),
        ("重点人员", "重点人群", "黑名单", "失信", "前科", "犯罪记录", "上访", "信访", "稳控"),
        ("blacklist", "watchlist", "criminal", "petition", "keyperson"),
    ),
)
_PARTS = re.compile(r"[._\-\d]+")


class Found(NamedTuple):
    """What is wrong where, as `packs.checks.Problem` wants it."""

    path: str
    message: str
    facts: dict[str, object]


def forbidden_theme(field: FieldDef) -> Forbidden | None:
    """The theme that a field belongs to and no dictionary holds; None for a lawful one."""
    said = " ".join((field.name, field.group, *field.synonyms, *field.options))
    parts = [part for part in _PARTS.split(field.code.lower()) if part]
    for theme in FORBIDDEN:
        if any(word in said for word in theme.words):
            return theme
        if any(part.startswith(code) for part in parts for code in theme.codes):
            return theme
    return None


def fields_problems(pack: FieldsPack | ScenePack) -> Iterator[Found]:
    """Codes twice, purposes of nothing, options without a choice, and what nobody may ask."""
    yield from _twice("$.purposes", [one.code for one in pack.purposes])
    yield from _twice("$.fields", [one.code for one in pack.fields])
    purposes = {one.code for one in pack.purposes}
    for i, field in enumerate(pack.fields):
        path = f"$.fields[{i}]"
        if theme := forbidden_theme(field):
            facts: dict[str, object] = {"name": field.name, "theme": theme.theme, "reason": theme.reason}
            yield Found(f"{path}.name", N_("{name} 属于“{theme}”，字典里不许有：{reason}"), facts)
        if (field.kind == "choice") != bool(field.options):
            yield Found(f"{path}.options", N_("选择题要有选项，别的题不要"), {})
        if field.unit and field.kind not in ("integer", "count", "decimal"):
            yield Found(f"{path}.unit", N_("只有数才写单位"), {})
        if field.about == "person" and field.level in ("L1", "L2"):
            yield Found(f"{path}.level", N_("关于人的数据项至少是 L3"), {})
        for j, code in enumerate(field.purposes):
            if code not in purposes:
                where: dict[str, object] = {"where": "purposes", "code": code}
                yield Found(f"{path}.purposes[{j}]", N_("{where} 里没有 {code}"), where)


def _twice(path: str, codes: list[Code]) -> Iterator[Found]:
    for i, code in enumerate(codes):
        if code in codes[:i]:
            yield Found(f"{path}[{i}].code", N_("{code} 写了两次"), {"code": code})


def events_problems(pack: EventsPack) -> Iterator[Found]:
    """Half a point, and a category written twice."""
    if bool(pack.longitude_key) != bool(pack.latitude_key):
        yield Found("$.latitude_key", N_("经度和纬度要一起写"), {})
    if pack.categories and not pack.category_key:
        yield Found("$.category_key", N_("写了对照的分类，就要写分类在哪个键"), {})
    theirs = [one.theirs for one in pack.categories]
    for i, word in enumerate(theirs):
        if word in theirs[:i]:
            yield Found(f"$.categories[{i}].theirs", N_("{code} 写了两次"), {"code": word})

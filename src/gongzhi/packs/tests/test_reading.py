"""Every wrong pack is refused with the file and the line to mend."""

from pathlib import Path

import pytest

from gongzhi.packs import shipped
from gongzhi.packs.contents import CalendarPack, FormPack, LawPack
from gongzhi.packs.lines import LineIndex
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.reading import WrongPack, read_pack

CALENDAR = """\
kind = "calendar"
name = "test"
title = "测试日历"
version = "1"
source = "测试"
confidence = "D"
effective_from = 2026-01-01
known_until = 2026-12-25

[[hours]]
start = 09:00:00
end = 17:00:00

[[years]]
year = 2026
holidays = [
    { name = "元旦", first = 2026-01-01, last = 2026-01-03 },
    { name = "国庆节", first = 2026-10-01, last = 2026-10-07 },
]
workdays = [2026-01-04, 2026-10-10]
"""
LAW = """\
kind = "law"
name = "test"
title = "测试规则"
version = "1"
source = "测试"
confidence = "D"
effective_from = 2026-01-01

[[rules]]
code = "one"
title = "第一条"

[rules.params]
days = 15

[[rules]]
code = "two"
title = "第二条"
params = { days = 30 }
"""
FORM = """\
kind = "form"
name = "test"
title = "测试表单"
version = "1"
source = "测试"
confidence = "D"
effective_from = 2026-01-01
purpose = "测试"
keep_days = 180

[[fields]]
code = "where"
label = "在哪里"
kind = "place"
why = "才能派给附近的人"
level = "L1"
"""
MODEL = (shipped.model_folder("pingchang") / "model.toml").read_text("utf-8")
TEXTS = {"calendar": CALENDAR, "law": LAW, "form": FORM, "model": MODEL}


def shipped_texts() -> list[Path]:
    return [*shipped.common_packs(), *(shipped.model_folder(n) / "model.toml" for n in shipped.model_names())]


@pytest.mark.parametrize("path", shipped_texts(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_pack_reads(path: Path) -> None:
    pack = read_pack(path.read_text("utf-8"), path.name)
    assert pack.source
    assert pack.confidence in "LPSMDV"


def test_each_kind_becomes_its_own_type() -> None:
    kinds = {kind: type(read_pack(text)) for kind, text in TEXTS.items()}
    assert kinds == {"calendar": CalendarPack, "law": LawPack, "form": FormPack, "model": ModelPack}


# (which text, what to replace, by what, a piece of the line that must be named, words of the problem)
WRONG = [
    ("calendar", 'kind = "calendar"', 'kind = "diary"', "diary", "kind"),
    ("calendar", 'kind = "calendar"\n', "", 'name = "test"', "kind"),
    ("calendar", 'title = "测试日历"', "title = 5", "title = 5", "类型不对"),
    ("calendar", 'title = "测试日历"', 'title = ""', 'title = ""', "长度"),
    ("calendar", 'confidence = "D"', 'confidence = "X"', 'confidence = "X"', "没有这个选项"),
    ("calendar", 'version = "1"', 'version = "one"', 'version = "one"', "写法不对"),
    ("calendar", 'version = "1"', 'version = "1"\ncolour = 3', "colour", "不认识的键 colour"),
    ("calendar", "known_until = 2026-12-25", 'known_until = "2026-12-25"', "known_until", "类型不对"),
    ("calendar", "known_until = 2026-12-25", "known_until = 2027-12-25", "known_until", "最后一个年份"),
    ("calendar", "end = 17:00:00", "end = 08:00:00", "[[hours]]", "从早到晚"),
    ("calendar", "start = 09:00:00", "start = 25:00:00", "25:00:00", "TOML"),
    ("calendar", "last = 2026-10-07", "lost = 2026-10-07", "lost", "不认识的键 lost"),
    ("calendar", "last = 2026-10-07", "last = 2026-09-07", "2026-09-07", "早于"),
    ("calendar", "last = 2026-10-07", "last = 2027-10-07", "2027-10-07", "不在 2026年"),
    ("calendar", "2026-01-04, ", "2026-01-05, ", "2026-01-05", "本来就上班"),
    ("calendar", "2026-01-04, ", "2026-01-03, ", "2026-01-03, ", "既放假又上班"),
    ("calendar", "year = 2026", "year = 1901", "year = 1901", "1993"),
    ("calendar", "[[years]]", "[[years]]\nyear = 2026\nholidays = []\n\n[[years]]", "year = 2026", "写了两次"),
    ("calendar", "[[years]]", "[[years]", "[[years]", "TOML"),
    ("law", "days = 15", "days = ", "days = ", "TOML"),
    ("law", 'code = "two"', 'code = "one"', 'code = "one"', "one 写了两次"),
    ("law", 'title = "第二条"', "", "two", "title"),
    ("law", "effective_from", "effective_to = 2025-01-01\neffective_from", "effective_to", "晚于生效日期"),
    ("form", 'kind = "place"', 'kind = "face"', 'kind = "face"', "没有这个选项"),
    ("form", 'kind = "place"', 'kind = "choice"', "[[fields]]", "选择题"),
    ("form", 'why = "才能派给附近的人"\n', "", "[[fields]]", "why"),
    ("form", "keep_days = 180", "keep_days = 0", "keep_days = 0", ">= 1"),
    ("model", "total = 147", "total = 146", "total = 146", "147"),
    ("model", 'role = "patch_lead"', 'role = "king"', 'role = "king"', "king"),
    ("model", 'level = "grid4"\nseats', 'level = "grid4"\nbodies = ["utility"]\nseats', "[[posts]]", "也只写一个"),
    ("model", 'organization = "command"', 'organization = "nobody"', "nobody", "nobody"),
    ("model", 'level = "grid3"', 'level = "grid7"', 'level = "grid7"', "grid7"),
    ("model", 'code = "grid2_lead"', 'code = "grid1_lead"', 'code = "grid1_lead"', "写了两次"),
    ("model", 'place = "PC"\n', 'place = "PC"\nlevel = "grid1"\n', "[[organizations]]", "也只写一个"),
    ("model", 'kind = "command_centre"', 'kind = "tower"', 'kind = "tower"', "tower"),
    ("model", 'parent = "dinggang-party"', 'parent = "nobody"', 'parent = "nobody"', "nobody"),
    ("model", 'source_body = "command"', 'source_body = "none"', 'source_body = "none"', "none"),
    ("model", 'kind = "监督"', 'kind = "管"', 'kind = "管"', "没有这个选项"),
    ("model", 'parent = "facility.lighting"', 'parent = "x"', 'parent = "x"', "categories 里没有 x"),
    ("model", 'unit_kind = "utility"\nreason', 'unit_kind = "u"\nreason', 'unit_kind = "u"', "u"),
    ("model", 'reason = "小区外道路的路灯由市政养护单位修。"\n', "", "[[categories]]", "reason"),
    ("model", 'priority = "urgent"\nname', 'priority = "hard"\nname', 'priority = "hard"', "写了两次"),
    ("model", 'unit = "minutes"', 'unit = "moons"', 'unit = "moons"', "没有这个选项"),
    ("model", '"催办", role = "dispatcher"', '"催办", role = "boss"', 'role = "boss"', "boss"),
    ("model", 'code = "closed_silent"', 'code = "asleep"', 'code = "asleep"', "asleep"),
    ("model", 'applies_to = "compound"', 'applies_to = "moon"', 'applies_to = "moon"', "moon"),
    ("model", '路灯" = 6', '路灯" = "6"', "keywords", "类型不对"),
    ("model", '"photo_after"', '"song"', '"song"', "没有这个选项"),
    ("model", 'parent = "facility"\n', 'parent = "facility.lighting"\n', "parent", "绕成了圈"),
]


@pytest.mark.parametrize(("kind", "old", "new", "named", "problem"), WRONG)
def test_a_wrong_pack_is_refused_with_file_and_line(kind: str, old: str, new: str, named: str, problem: str) -> None:
    assert old in TEXTS[kind]
    text = TEXTS[kind].replace(old, new, 1)
    with pytest.raises(WrongPack) as refusal:
        read_pack(text, "wrong.toml")
    facts = refusal.value.facts
    assert facts["file"] == "wrong.toml"
    assert problem in facts["problem"]
    line = text.splitlines()[facts["line"] - 1]
    # What a whole table lacks is told at its header; its first key stands below.
    around = text.splitlines()[facts["line"] - 1 :][:2] if line.startswith("[[") else [line]
    assert any(named in line for line in around), (facts, around)
    assert f"wrong.toml 第 {facts['line']} 行" in str(refusal.value)


@pytest.mark.parametrize("key", ["name", "title", "version", "source", "confidence", "effective_from"])
@pytest.mark.parametrize("kind", TEXTS)
def test_every_head_key_is_needed(kind: str, key: str) -> None:
    # Only the head's own key, not those of later tables.
    head, table, rest = TEXTS[kind].partition("\n[[")
    text = "\n".join(line for line in head.splitlines() if not line.startswith(f"{key} =")) + table + rest
    with pytest.raises(WrongPack) as refusal:
        read_pack(text)
    assert refusal.value.facts["key"] == key


def test_a_missing_year_in_between_is_refused() -> None:
    text = CALENDAR + "\n[[years]]\nyear = 2028\nholidays = []\n"
    with pytest.raises(WrongPack, match="年份要连续"):
        read_pack(text.replace("known_until = 2026-12-25", "known_until = 2028-12-25"))


def test_lines_are_found_through_every_toml_form() -> None:
    text = (
        'a = 1\n# [b]\nlong = """\n[not.a.table]\nx = 1\n"""\n'
        'list = [\n  1, 2, # two\n  "]",\n  { k = 1, "q r" = [3] },\n]\n'
        "[t]\nx.y = 1\n[[t.rows]]\nn = 1\n[[t.rows]]\nn = 2\n[t.rows.sub]\nm = '#'\n[[t.rows]]\n"
    )
    index = LineIndex(text)
    expected = {
        "$.a": 1,
        "$.long": 3,
        "$.list": 7,
        "$.list[0]": 8,
        "$.list[1]": 8,
        "$.list[2]": 9,
        "$.list[3].k": 10,
        "$.list[3].q r": 10,
        "$.t": 12,
        "$.t.x.y": 13,
        "$.t.rows": 14,
        "$.t.rows[0].n": 15,
        "$.t.rows[1]": 16,
        "$.t.rows[1].n": 17,
        "$.t.rows[1].sub.m": 19,
        "$.t.rows[2]": 20,
        "$.t.rows[2].nothing": 20,
        "$.nothing.at.all": 1,
    }
    assert {path: index.line(path) for path in expected} == expected

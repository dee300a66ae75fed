"""docs/reference/procedures.md says what the shipped procedures are; it is written from the packs and held to them.

To write it again: `python -m gongzhi.packs.tests.test_procedures_page` with PYTHONPATH=src.
"""

from collections.abc import Iterator
from pathlib import Path

from gongzhi.packs.procedure_contents import Days, ProcedurePack, Stage
from gongzhi.packs.reading import read_pack
from gongzhi.packs.shipped import FOLDER

PAGE = Path(__file__).resolve().parents[4] / "docs/reference/procedures.md"
GROUPS = {
    "village": "村里的事",
    "owners": "业主的事",
    "election": "选举和罢免",
    "rules": "立章程、立公约",
    "consult": "听证、论证、评估",
    "review": "报告、评议、质询",
    "party": "选人用人",
    "contest": "评选",
}
HEAD = """\
# 随产品来的程序

由程序包写成，不要手改。怎么写一个程序包、地方能改什么，看 [packs.md](packs.md)；页面在“程序和决议”里。

- 一步一步走：上一步没有办完（没记结果、没签字、公示没到期、异议没答复），下一步办不了，页面说出还差什么、依据哪一条。
- 公示第一天不算，最后一天是休息日的顺延（民法典第201、203条）；通知的天数是中间隔的整天。
- 写着“示例”的数字是产品默认，装地方程序包来改；只能更严。
"""


def packs() -> list[ProcedurePack]:
    found = [read_pack(path.read_text("utf-8")) for path in sorted((FOLDER / "procedures").glob("*.toml"))]
    return [pack for pack in found if isinstance(pack, ProcedurePack)]


def days(entry: Days | None) -> str:
    if entry is None:
        return ""
    own = f"{entry.days} {'个工作日' if entry.unit == 'working_days' else '天'}"
    return f"按 `{entry.by}`" if entry.by else own + ("（示例）" if entry.illustrative else "")


def told(stage: Stage, pack: ProcedurePack) -> str:
    parts = [f"{pack.bodies[stage.body]}办"]
    if stage.notice:
        parts.append(f"提前通知 {days(stage.notice)}")
    if stage.not_after:
        parts.append(f"期限 {days(stage.not_after)}")
    if papers := dict.fromkeys((*stage.due, *stage.evidence)):
        parts.append("材料：" + "、".join(pack.documents[code] for code in papers))
    if stage.sign_off:
        parts.append("、".join(pack.bodies[body] for body in stage.sign_off) + "签字")
    if stage.gate:
        parts.append(f"公示 {days(stage.gate.days)}，异议由{pack.bodies[stage.gate.decider]}答复")
    if stage.branches:
        parts.append("结果：" + "、".join(way.title for way in stage.branches))
    return "；".join(parts)


def page() -> str:
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    known = packs()
    for group, word in GROUPS.items():
        yield f"## {word}\n"
        for pack in (one for one in known if one.group == group):
            yield from _section(pack)


def _section(pack: ProcedurePack) -> Iterator[str]:
    where = f"（只在 {pack.jurisdiction}，代替 `{pack.over}`）" if pack.over else ""
    yield f"### {pack.title} `{pack.name}`{where}\n"
    yield f"{pack.what}依据：{pack.source}{pack.article}（{pack.confidence}）。{pack.notes}\n"
    for number, stage in enumerate(pack.steps, 1):
        yield f"{number}. {stage.title}：{told(stage, pack)}。"
    yield "\n能怎么结束：" + "、".join(ending.title for ending in pack.endings) + "。\n"


def test_the_page_says_what_the_packs_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "Write docs/reference/procedures.md again (see the docstring)"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

"""What a meeting may vote on: never a matter that a law gives to another body (民法典 278, 村民委员会组织法 24)."""

import datetime as dt

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines.procedure_terms import Reserved
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import region_of
from gongzhi.packs.procedure_queries import procedures_at
from gongzhi.packs.procedures import Laws, reserved
from gongzhi.people.models import Organization

# What no law reserves: the body's own affairs, or an opinion of its members.
OWN = "own"
BODY_WORDS = {
    "owners_assembly": N_("业主大会（业主共同决定）"),
    "villagers_assembly": N_("村民会议"),
    "representatives_assembly": N_("村民代表会议（有村民会议授权）"),
}


def _laws(path: str, on: dt.date) -> Laws:
    return {law.name: law for law in packs.laws_at(region=region_of(path), on=on)}


def reserved_at(path: str, on: dt.date) -> list[tuple[str, str]]:
    """The matters that laws in force at a place give to one body: references with the words of the law."""
    laws, found = _laws(path, on), []
    for reference in sorted(reserved(laws)):
        law, _, code = reference.partition("#")
        found.append((reference, laws[law].rule(code).title))
    return found


def check_matter(matter: str, body: Organization, path: str, on: dt.date) -> None:
    """Whether this body may vote on it. Raises Refused `matter_missing`, `bad_matter`, `reserved_matter`."""
    if not matter:
        message = N_("要表决的，先选属于哪一类事。法律规定由业主大会、村民会议决定的，这个会不能表决。")
        raise Refused("matter_missing", message, field="matter")
    if matter == OWN:
        return
    kept = reserved(_laws(path, on)).get(matter)
    if kept is None:
        raise Refused("bad_matter", N_("请从列表里选属于哪一类事。"), field="matter")
    if body.kind not in kept.bodies:
        raise _elsewhere(matter, kept, body, path, on)


def _elsewhere(matter: str, kept: Reserved, body: Organization, path: str, on: dt.date) -> Refused:
    """With the article, who decides it, and by which procedures."""
    ways = procedures_at(region=region_of(path), on=on)
    courses = [one.pack.title for one in ways if matter in one.definition.matters]
    message = N_(
        "依{article}，这件事由{decides}决定，{body}不能表决。可以改成“议题”，研究、起草；要决定，到“程序和决议”走：{courses}。"
    )
    decides = BODY_WORDS.get(kept.bodies[0], kept.bodies[0])
    facts = {"article": kept.basis.article, "decides": decides, "body": body.name, "courses": "、".join(courses)}
    return Refused("reserved_matter", message, **facts, field="matter")

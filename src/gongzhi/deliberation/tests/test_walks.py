"""Every shipped procedure walked on its pages to every one of its endings, and refused where the law refuses.

What is entered and what must come out stands in walks.toml, by hand.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import html

from gongzhi.deliberation.models import Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.deliberation.tests.courses import a_shop, load_procedures
from gongzhi.deliberation.tests.walking import KINDS, Walk, Walker, worked
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.procedure_queries import procedure_at
from tests import cast
from tests.cast import NOW

TABLE: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("walks.toml").read_text("utf-8"))
PROVES = {
    "party_branch": ("B01",),
    "three_deliberations": ("F02",),
    "hearing": ("F06",),
    "expert_review": ("F06",),
    "charter": ("F10",),
    "covenant": ("F11",),
    "four_deliberations": ("G02",),
    "levy": ("G03",),
    "inquiry": ("G05",),
    "yearly_report": ("G06",),
    "duty_report": ("G07",),
    "one_core_three_bodies": ("H02",),
    "contest": ("J04",),
    "risk_assessment": ("L05",),
    "owners_committee": ("H01",),
    "owners_special": ("H03",),
    "secretary_selection": ("B04",),
    "grid_recruitment": ("C04",),
    "co_creation": ("F03", "F07"),
    "expert_following": ("F14",),
    "merchant_alliance": ("F09",),
    "alliance_violation": ("F09",),
}
# What the public does not see: the choice of people, and what is about one shop.
CLOSED = {"party_branch", "secretary_selection", "grid_recruitment", "alliance_violation"}
# Elections, and what is about the post of one person, are walked with their rolls and mandates in tests of their own.
ELSEWHERE = {"village_election", "residents_election", "recall", "by_election", "democratic_review"}


def walks_of(name: str) -> list[Walk]:
    """What stands at the procedure holds for each of its walks; a walk says what is different."""
    common = dict(TABLE[name])
    found = []
    for own in common.pop("walks"):
        merged = common | own
        for key in ("figures", "outcomes"):
            merged[key] = common.get(key, {}) | own.get(key, {})
        merged["refused"] = (*(common.get("refused", []) if not found else []), *own.get("refused", []))
        for key in ("steps", "texts", "computed"):
            merged[key] = tuple(merged.get(key, ()))
        found.append(Walk(name, **merged))
    return found


def marked(name: str) -> Any:
    marks = [pytest.mark.req(code, where="/deliberations/") for code in PROVES.get(name, ())]
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [marked(name) for name in TABLE])
def test_a_procedure_ends_in_every_way_on_its_pages(name: str, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.build()
    load_procedures((name,))
    a_shop(world)
    tried = 0
    for walk in walks_of(name):
        walker = Walker(world, monkeypatch)
        walker.open(walk, world.units["committee-1"])
        if not tried:
            nothing_else_is_taken(walker)
        assert walker.to_the_end(walk) == list(walk.steps), walk.to
        assert (walker.row.status, walker.row.ending) == ("ended", walk.to)
        tried += len(walker.tried)
        shown(walker, walk)
    assert tried == sum(len(walk.refused) for walk in walks_of(name)), "a refusal of the table was never tried"


def nothing_else_is_taken(walker: Walker) -> None:
    """What the page does not offer is refused at its address too."""
    offered = {*walker.forms(walker.runner), *walker.forms(walker.watcher)}
    for kind in set(KINDS) - offered:
        answer = walker.runner.post(f"{walker.address}/record/{kind}", {"body": "party_branch", "note": "不办了"})
        assert answer.status_code == 409, kind


def shown(walker: Walker, walk: Walk) -> None:
    """The ending on the page; where it was decided, the resolution with its law, what went in and what came out."""
    row = walker.row
    pack = Followed(row, walker.now.date()).pack
    everybody = Client().get(walker.address)
    assert everybody.status_code == (404 if walk.name in CLOSED else 200)
    title = next(ending.title for ending in pack.endings if ending.code == walk.to)
    assert title in walker.runner.get(walker.address).content.decode()
    made = Resolution.objects.filter(course=row).first()
    if not walk.computed and made is None:
        return
    assert made is not None, walk.to
    record = made.record
    assert (record["pack"], tuple(record["texts"])) == (f"pack:procedure/{walk.name}/{pack.version}", walk.texts)
    assert worked(record) == list(walk.computed)
    typed = walk.figures.get(record["step"], {})
    assert set(record["inputs"]) == set(typed)
    page = html.fromstring(walker.runner.get(f"/resolutions/{made.number}").content).text_content()
    for said in (*record["texts"], row.about):
        assert said in page
    assert walker.runner.get(f"/resolutions/{made.number}/paper.docx").status_code == 200


def test_every_shipped_procedure_and_every_ending_is_in_the_table(db: Any) -> None:
    from gongzhi.packs.tests.test_procedures import NAMES

    load_procedures(tuple(NAMES))
    assert {*TABLE, *ELSEWHERE} == set(NAMES)
    for name in TABLE:
        pack: ProcedurePack = procedure_at(name, region="CN", on=NOW.date()).pack
        assert {walk.to for walk in walks_of(name)} == {ending.code for ending in pack.endings}, name

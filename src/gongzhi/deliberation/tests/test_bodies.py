"""一核三体, corrected: the committee deliberates, the assembly decides; the shortcut is refused and led elsewhere."""

from typing import Any

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.deliberation import bodies
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import PROCEDURES, load_procedures, opened, walk
from gongzhi.people import actions as people
from gongzhi.publications import words as publication_words
from gongzhi.publications.models import Publication
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of, words

OWNERS = ("owners_ordinary", "one_core_three_bodies", "owners_committee", "owners_conversion")
FUND = "cn.owners.decisions#matter.6"
TODAY = clock.local_date(NOW)


@pytest.fixture(autouse=True)
def installed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    load_procedures((*PROCEDURES, *OWNERS))
    monkeypatch.setattr(clock, "now", lambda: NOW)


def committee(world: World, where: str) -> Any:
    common = {"by": SETUP, "at": NOW, "valid_from": TODAY}
    made = people.add_organization(
        **common, code=f"owners-{where}", kind="owners_committee", name="5栋业主委员会", place=world.places[where]
    )
    return made


@pytest.mark.req("H02", where="/deliberations/at/{code}/")
def test_the_page_shows_who_leads_deliberates_does_and_decides(world: World) -> None:
    seen = words(Client().get("/deliberations/at/PC-1/"))
    assert "党组织" in seen and "业主大会" in seen and "柳园物业" in seen and "物业经办" in seen
    assert "这里还没有业主委员会" in seen and "镇党委" in seen
    assert Client().get("/deliberations/at/NOWHERE/").status_code == 404


@pytest.mark.req("H02", where="/deliberations/at/{code}/")
@pytest.mark.parametrize("number", range(1, 10))
def test_a_matter_of_article_278_is_refused_to_the_committee_alone(world: World, number: int) -> None:
    with pytest.raises(Refused) as refused:
        bodies.check_committee(f"cn.owners.decisions#matter.{number}", world.places["LY-5"].path, TODAY)
    assert refused.value.code == "reserved_to_owners" and "第278条" in refused.value.facts["article"]


@pytest.mark.req("H02", where="/deliberations/at/{code}/")
def test_the_refusal_says_the_shares_and_opens_the_right_course(world: World) -> None:
    office, page = client_of(world, "secretary"), "/deliberations/at/LY-5/"
    unsaid = office.post(page, {"about": "换电梯"})
    assert unsaid.status_code == 422 and "法律规定由专门的会决定" in words(unsaid)
    refused = office.post(page, {"about": "筹集电梯维修资金", "matter": FUND})
    seen = words(refused)
    assert refused.status_code == 422 and "第278条" in seen and "业主委员会不能代替决定" in seen
    assert "四分之三以上" in seen and "三分之二以上" in seen
    body = world.units["committee-1"].pk
    door = f"/deliberations/new/{body}/owners_special/?about=%E7%AD%B9"
    assert door in seen and not Course.objects.exists()
    form = words(office.get(seen.split('class="btn btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")))
    assert "筹集电梯维修资金" in form and f'value="{FUND}" selected' in form
    reader = words(client_of(world, "resident").post(page, {"about": "筹集电梯维修资金", "matter": FUND}))
    assert "业主决定特别事项" in reader and "/deliberations/new/" not in reader  # told the way, no door
    alone = office.post(page, {"about": "门岗换个椅子", "matter": "none"})
    assert alone.status_code == 200 and "可以由业委会开会定" in words(alone)


@pytest.mark.req("H02", where="/deliberations/new/{body}/{name}/")
def test_a_refused_opening_names_the_course_that_may_decide(world: World) -> None:
    office, body = client_of(world, "secretary"), world.units["committee-1"].pk
    said = {"about": "动用维修资金", "opener": "party_branch", "matter": "cn.owners.decisions#matter.5"}
    seen = words(office.post(f"/deliberations/new/{body}/three_deliberations/", said))
    assert f"/deliberations/new/{body}/one_core_three_bodies/?" in seen and "这件事可以走" in seen


def test_the_nearest_committee_is_the_one_of_the_place(world: World) -> None:
    committee(world, "PC-1")
    own = committee(world, "LY-5")
    held = {one.role: one.body for one in bodies.held_at(world.places["LY-5"], TODAY)}
    assert held["committee"] == own and held["property"] == world.units["property-1"] and held["assembly"] is None


@pytest.mark.req("F11", where="/resolutions/{number}/announce")
def test_a_resolution_is_announced_with_one_press_and_checked_by_its_digest(world: World) -> None:
    row = opened(world, "covenant", matter="", opener="villagers_committee", about="村规民约")
    walk(world, row)
    made = Resolution.objects.get()
    page, office = f"/resolutions/{made.number}", client_of(world, "secretary")
    assert client_of(world, "supervisor").post(f"{page}/announce").status_code == 403
    first = office.post(f"{page}/announce")
    assert first.status_code == 302 and office.post(f"{page}/announce").headers["Location"] == first.headers["Location"]
    item = Publication.objects.get()
    text = publication_words.working(item)
    assert item.subject_reference == made.reference and "结果" in text.body and "第" in text.body
    digest = words(Client().get(page)).split('<code class="gz-break">')[1].split("<")[0]
    assert len(digest) == 64 and digest in text.body

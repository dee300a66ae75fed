"""The rows of fixtures.md 3.6 that a roll decides, over HTTP: who makes up an assembly, who is one head."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest

from gongzhi.ballots.models import Roll
from gongzhi.ballots.tests.test_rolls import office, today, village  # noqa: F401 - two are fixtures
from gongzhi.common.spreadsheets import workbook
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.registers.tests.homes import homes, load_law
from gongzhi.registers.tests.test_tenure_lists import HEADERS, line
from tests.cast import NOW, SETUP, World
from tests.support.pages import words

MEMBERS = 25
HOME = 8_912  # square decimetres


def assembly(world: World, kind: str) -> Organization:
    """A body of 25, all made up; who of them is a delegate and who a woman is said when the roll is drawn up."""
    body = people.add_organization(
        by=SETUP, at=NOW, code=f"演示-{kind}", kind=kind, name="演示代表会议", place=world.places["PC-1"],
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    post = people.add_post(
        by=SETUP, at=NOW, code=f"member-{kind}", role="member", title="组成人员", place=world.places["PC-1-1"],
        organization=body, seats=MEMBERS,
    )  # fmt: skip
    for number in range(MEMBERS):
        person = people.create_person(by=SETUP, at=NOW, values={"name": f"演示{number}"}, password="")
        people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="推选")
    return body


def drawn_up(world: World, body: Organization, **more: Any) -> Any:
    given = {"purpose": "delegates", "place": "柳园社区", "body": body.pk, "households": 200, **more}
    return office(world).post("/votes/rolls/new", given)


@pytest.mark.req("G01", where="/votes/rolls/new")
def test_four_fifths_delegates_and_a_third_women(village: World) -> None:  # noqa: F811
    """5 of the committee and 20 delegates: 20/25 = 4/5; of the 25 at least 9 are women delegates."""
    body = assembly(village, "villagers_committee")
    for committee, women, lacks in (
        (4, 9, ""),
        (5, 9, ""),
        (6, 9, "代表要 20 位以上，现在 19 位，还差 1 位"),
        (5, 8, "妇女代表要 9 位以上，现在 8 位，还差 1 位"),
        (5, 10, ""),
        (5, "", "请填其中妇女代表几位"),
        (26, 9, "比组织里的人还多"),
        (5, 21, "比组织里的人还多"),
    ):
        answer = drawn_up(village, body, committee=committee, women=women)
        said = words(answer)
        if lacks:
            assert answer.status_code == 422 and lacks in said and not Roll.objects.exists(), (committee, women)
            assert "还差" not in lacks or "第25条" in said
            continue
        assert answer.status_code == 302, said
        page = words(office(village).get(answer.headers["Location"]))
        assert f"委员会成员 {committee} 位、代表 {25 - committee} 位；代表要 20 位以上" in page
        assert f"妇女代表 {women} 位，要 9 位以上" in page and f"推选 {25 - committee} 位代表" in page
        roll = Roll.objects.get()
        assert roll.basis["composition"]["inputs"] == {"members": 25, "committee": committee, "women": women}
        roll.delete()


@pytest.mark.req("G01", where="/votes/rolls/new")
def test_of_residents_delegates_the_law_names_no_share_of_women(village: World) -> None:  # noqa: F811
    body = assembly(village, "residents_committee")
    assert drawn_up(village, body, committee=6).status_code == 422
    assert drawn_up(village, body, committee=5).status_code == 302
    assert set(Roll.objects.get().basis["composition"]["computed"]) == {"representatives"}


@pytest.mark.req("H03", where="/registers/owners/{code}")
def test_a_developer_with_40_unsold_homes_is_one_head(village: World, settings: Any, tmp_path: Path) -> None:  # noqa: F811
    """区分所有权解释 9: brought in as a list, read on the register, one line of the roll with the area of all."""
    load_law()
    settings.DATA_DIR = tmp_path
    builder = people.add_organization(
        by=SETUP, at=NOW, code="builder", kind="property_company", name="演示建设单位", place=village.places["LY-5"],
    )  # fmt: skip
    sold, *doors = (f"{floor}-{door}" for floor in range(1, 8) for door in range(101, 107))
    homes(village, (sold,))
    bring(village, [line(sold, "演示甲", "13811110001", "全部")])
    for first, until in ((0, 39), (39, 40), (40, 41)):
        homes(village, tuple(doors[first:until]))
        bring(village, [line(door, 份额="全部", 单位代码="builder") for door in doors[first:until]])
        page = words(office(village).get("/registers/owners/LY-5"))
        assert f"<dd>{until + 1}<small>套" in page and "<dd>2<small>解释第 9 条" in page
        assert f"{(until + 1) * HOME / 100:.2f}" in page.replace(",", "")
        answer = office(village).post("/votes/rolls/new", {"purpose": "owners", "place": "柳园小区5栋"})
        assert answer.status_code == 302, words(answer)
        roll = Roll.objects.get(number=answer.url.rsplit("/", 1)[-1])
        one = roll.entries.get(electors__organization=builder)
        assert (one.heads, one.area, roll.entries.count()) == (1, until * HOME, 2)


def bring(world: World, rows: list[list[str]]) -> None:
    file = io.BytesIO(workbook(HEADERS, rows))
    file.name = "业主-演示数据.xlsx"
    checked = office(world).post("/setup/import/tenures/", {"file": file})
    assert checked.status_code == 200 and checked.context["token"], words(checked)[-2000:]
    written = office(world).post("/setup/import/tenures/write", {"token": checked.context["token"]})
    assert written.status_code == 302

"""The pages on which posts end and begin: whom it is about, earlier results, one hand and another."""

import datetime as dt

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.deliberation import actions
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import opened, walk
from gongzhi.deliberation.tests.test_posts import (  # noqa: F401 - fixtures
    about,
    member,
    recalled,
    resolution,
    reviewed,
    seat,
    world,
)
from gongzhi.people.models import Mandate
from tests.cast import NOW, World, phone_of
from tests.support.pages import client_of

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + 100 * DAY)


def test_a_recall_is_opened_for_somebody_in_post_without_a_name(world: World, member: Mandate) -> None:  # noqa: F811
    runner, body = client_of(world, "secretary"), world.units["committee-1"]
    address = f"/deliberations/new/{body.pk}/recall/"
    page = runner.get(address).content.decode()
    assert f'value="mandate:{member.pk}"' in page and "说的是哪一位" in page
    own = Mandate.objects.get(post__code="post-secretary")
    assert f'value="mandate:{own.pk}"' not in page
    said = {
        "about": "罢免要求",
        "opener": "villagers",
        "matter": "none",
        "figure-voters": "900",
        "figure-calling": "180",
    }
    assert runner.post(address, said).status_code == 422
    said["concerns"] = f"mandate:{member.pk}"
    short = runner.post(address, {**said, "figure-calling": "179"})
    assert short.status_code == 422 and "第16条" in short.content.decode()
    answer = runner.post(address, said)
    assert answer.status_code == 302
    assert Course.objects.get().concerns == f"mandate:{member.pk}"
    public = Client().get(answer.url).content.decode()
    assert "村委会委员" in public and "演*" not in public and "演示neighbour" not in public


def test_one_hand_proposes_another_confirms_and_a_by_election_opens(world: World, member: Mandate) -> None:  # noqa: F811
    made = resolution(recalled(world, member))
    runner, watcher = client_of(world, "secretary"), client_of(world, "supervisor")
    page = f"/resolutions/{made.number}"
    assert "提出，等核对" in runner.get(page).content.decode()
    assert watcher.post(f"{page}/posts/confirm").status_code == 409
    assert runner.post(f"{page}/posts", {"handed_to": ""}).status_code == 302
    assert "核对无误" not in runner.get(page).content.decode()
    assert runner.post(f"{page}/posts/confirm").status_code == 403
    assert "核对无误" in watcher.get(page).content.decode()
    assert watcher.post(f"{page}/posts/drop").status_code == 302
    assert runner.post(f"{page}/posts", {}).status_code == 302
    assert watcher.post(f"{page}/posts/confirm").status_code == 302
    member.refresh_from_db()
    assert member.valid_to == made.decided_on
    shown = runner.get(page).content.decode()
    assert "已生效" in shown and f"by_election/?concerns=mandate:{member.pk}" in shown
    body = world.units["committee-1"]
    form = runner.get(f"/deliberations/new/{body.pk}/by_election/?concerns=mandate:{member.pk}").content.decode()
    assert f'value="mandate:{member.pk}" selected' in form
    assert "补选" not in Client().get(page).content.decode()


def test_whoever_was_chosen_is_named_in_the_vault_only(world: World) -> None:  # noqa: F811
    post = seat(world, "member", "小区党支部书记", "new-post")
    row = opened(world, "secretary_selection", opener="party_committee", about="选书记", matter="")
    walk(world, row)
    made, runner = resolution(row), client_of(world, "secretary")
    page = f"/resolutions/{made.number}"
    assert runner.post(f"{page}/posts", {"contact": "12", "post": f"post:{post.pk}"}).status_code == 422
    bad = runner.post(f"{page}/posts", {"contact": "13912345678", "post": f"post:{post.pk}"})
    assert bad.status_code == 422 and "请写上姓名" in bad.content.decode()
    sent = {"contact": phone_of("resident"), "post": f"post:{post.pk}", "until": "2029-12-31"}
    assert runner.post(f"{page}/posts", sent).status_code == 302
    assert client_of(world, "supervisor").post(f"{page}/posts/confirm").status_code == 302
    begun = Mandate.objects.get(post=post)
    assert begun.person == world.people["resident"] and begun.valid_to == dt.date(2029, 12, 31)
    assert Resolution.objects.get(pk=made.pk).done_as == f"mandate:{begun.pk}"


def test_earlier_reviews_stand_on_the_page(world: World, member: Mandate) -> None:  # noqa: F811
    first = resolution(reviewed(world, member, NOW - 365 * DAY, "unfit"))
    row = opened(world, "democratic_review", NOW, opener="supervisors", about="今年的评议", **about(member))
    page = client_of(world, "secretary").get(f"/deliberations/{row.number}").content.decode()
    assert f"/resolutions/{first.number}" in page and "2025 年：不称职" in page
    walk(world, row, until="result_ends", prefer={"review": "ends"})
    moved = actions.advance_course(by=world.actor("secretary"), at=NOW + 30 * DAY, number=row.number)
    assert moved.current == "result_ends"

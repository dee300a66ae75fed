"""Many cases at once: the preview says what will happen or why not, then each goes on its own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongzhi.audit.models import Entry
from gongzhi.cases import actions
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.views.bulk_words import MOST
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from tests.cast import World

Report = Callable[..., Case]


@pytest.fixture
def desk(world: World) -> Client:
    client = Client()
    client.force_login(world.people["dispatcher"])
    return client


def ask(client: Client, move: str, *cases: Case, page: str = "", **more: Any) -> Any:
    given = {"move": move, "number": [case.number for case in cases], **more}
    return client.post(f"/cases/bulk{page}", given, follow=not page)


def do(client: Client, preview: Any, **more: Any) -> Any:
    """Press the button of a preview, as a browser without script sends it."""
    text = preview.content.decode()
    form = text[text.index('action="/cases/bulk/do"') : text.index('class="gz-actions"')]
    fields: dict[str, Any] = {"number": re.findall(r'name="number" value="([^"]+)"', form)}
    for name, value in re.findall(r'name="(key|move|next|unit-[^"]+)" value="([^"]*)"', form):
        fields[name] = value
    return client.post("/cases/bulk/do", {**fields, **more})


def status(*cases: Case) -> list[str]:
    found = dict(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "status"))
    return [found[case.pk] for case in cases]


def test_the_preview_tells_of_each_and_changes_nothing(world: World, report: Report, desk: Client) -> None:
    fresh, gone = report(), report()
    actions.refer_case(
        by=world.actor("dispatcher"), at=clock.now(), number=gone.number, reason=_reason("refer"), note="找供电公司"
    )
    before = CaseEvent.objects.count(), Entry.objects.filter(action="cases.dispatch").count()
    shown = ask(desk, "dispatch", fresh, gone).content.decode()
    assert "会派给路灯管理所" in shown and "能办 1 件" in shown
    assert "办不了 1 件" in shown and "这一步办不了" in shown
    assert (CaseEvent.objects.count(), Entry.objects.filter(action="cases.dispatch").count()) == before
    assert status(fresh, gone) == ["reported", "referred"]


def _reason(kind: str) -> str:
    from gongzhi.packs import queries as packs

    return next(one.code for one in packs.active_model().reasons if one.kind == kind)


def test_each_is_dispatched_with_an_entry_of_its_own_and_a_second_press_does_nothing(
    world: World, report: Report, desk: Client
) -> None:
    cases = [report() for _ in range(3)]
    preview = ask(desk, "dispatch", *cases)
    first = do(desk, preview).content.decode()
    assert "办了 3 件" in first and "派给了路灯管理所" in first
    assert status(*cases) == ["dispatched"] * 3
    subjects = [case.reference for case in cases]
    entries = Entry.objects.filter(action="cases.dispatch", subject__in=subjects)
    events = CaseEvent.objects.filter(move="dispatch", case__in=cases)
    assert (entries.count(), events.count()) == (3, 3)
    again = do(desk, preview).content.decode()
    assert "办了 3 件" in again
    assert (entries.count(), events.count()) == (3, 3)


def test_what_was_taken_away_in_between_is_refused_and_the_rest_is_done(
    world: World, report: Report, desk: Client
) -> None:
    one, other = report(), report()
    preview = ask(desk, "accept", one, other)
    actions.accept_case(by=world.actor("patch_lead"), at=clock.now(), number=one.number)
    shown = do(desk, preview).content.decode()
    assert "办了 1 件" in shown and "没办 1 件" in shown
    assert status(one, other) == ["accepted", "accepted"]
    assert CaseEvent.objects.filter(case=one, move="accept").count() == 1


def test_a_deferral_asks_why_and_until_when(world: World, report: Report, desk: Client) -> None:
    case = report()
    actions.accept_case(by=world.actor("dispatcher"), at=clock.now(), number=case.number)
    preview = ask(desk, "ask_deferral", case)
    assert "等另一位负责人批" in preview.content.decode()
    missing = do(desk, preview)
    assert missing.status_code == 422 and "还没写说明" in missing.content.decode()
    assert not Case.objects.get(pk=case.pk).pending
    given = {"reason": _reason("defer"), "until": "2099-01-04", "note": "等财政批了才能修"}
    assert "办了 1 件" in do(desk, preview, **given).content.decode()
    assert Case.objects.get(pk=case.pk).pending["until"] == "2099-01-04"


def test_ones_own_work_is_not_checked_by_oneself(world: World, report: Report, desk: Client) -> None:
    """The community's secretary may check, but not what the committee itself did."""
    case = report()
    pk = world.units["committee-1"].pk
    Case.objects.filter(pk=case.pk).update(status="answered", unit_id=pk)
    client = Client()
    client.force_login(world.people["secretary"])
    assert "会核查通过" in ask(desk, "verify", case).content.decode()
    post = world.posts["secretary"]
    with pytest.MonkeyPatch.context() as patch:
        from gongzhi.people import rules

        wider = rules.ROLE_PERMISSIONS["secretary"] | {"cases.handle"}
        patch.setitem(rules.ROLE_PERMISSIONS, "secretary", wider)
        shown = ask(client, "verify", case).content.decode()
    assert post.organization_id == pk and "自己单位办的事，要由别人来核查" in shown
    assert status(case) == ["answered"]


def test_the_secretary_closes_and_is_not_offered_to_dispatch(world: World, report: Report) -> None:
    case = report()
    Case.objects.filter(pk=case.pk).update(status="confirmed")
    client = Client()
    client.force_login(world.people["secretary"])
    page = client.get("/cases/").content.decode()
    assert '<option value="close">' in page and '<option value="dispatch">' not in page
    assert ask(client, "dispatch", case).status_code == 403
    assert "办了 1 件" in do(client, ask(client, "close", case)).content.decode()
    assert status(case) == ["closed"]


@pytest.mark.parametrize("who", ["grid_member", "department", "supervisor", "auditor", "resident"])
def test_others_have_no_boxes_and_are_refused(world: World, report: Report, who: str) -> None:
    case, client = report(), Client()
    client.force_login(world.people[who])
    assert 'action="/cases/bulk"' not in client.get("/cases/").content.decode()
    assert ask(client, "accept", case).status_code == 403
    assert ask(client, "accept", case, page="/do").status_code == 403
    assert status(case) == ["reported"]


def test_what_is_missing_is_said_on_the_list(report: Report, desk: Client) -> None:
    case = report()
    assert "还没勾选" in ask(desk, "accept").content.decode()
    assert "还没选要做什么" in ask(desk, "", case).content.decode()
    numbers = [f"PC-{n}" for n in range(MOST + 1)]
    many = desk.post("/cases/bulk", {"move": "accept", "number": numbers}, follow=True)
    assert "一次最多 100 件" in many.content.decode()


def test_a_number_of_somewhere_else_is_as_if_unknown(world: World, report: Report) -> None:
    """桥南 is not this secretary's: the same words as for a number that does not exist."""
    from gongzhi.cases.rules import Where

    grid = world.places["PC-2-1-1"]
    far = report(where=Where(path=grid.path, found="code", place_id=grid.pk, grid_id=grid.pk))
    client = Client()
    client.force_login(world.people["secretary"])
    shown = client.post("/cases/bulk", {"move": "accept", "number": [far.number, "PC-0"]}).content.decode()
    assert shown.count("没有找到这件事") == 2
    client.post("/cases/bulk/do", {"move": "accept", "number": [far.number], "key": "k"})
    assert status(far) == ["reported"]


def test_all_of_a_page_can_be_ticked_without_script(report: Report, desk: Client) -> None:
    report()
    assert " checked>" not in desk.get("/cases/").content.decode()
    assert " checked>" in desk.get("/cases/?tick=all").content.decode()


def test_a_unit_that_does_not_work_there_is_refused_whatever_the_form_says(
    world: World, report: Report, desk: Client
) -> None:
    case = report()
    given = {f"unit-{case.number}": world.units["committee-2"].pk, "key": "k1"}
    shown = ask(desk, "dispatch", case, page="/do", **given).content.decode()
    assert "没办 1 件" in shown and "不管这个地方" in shown
    shown = ask(desk, "dispatch", case, page="/do", key="k2").content.decode()
    assert "还没选派给谁" in shown and status(case) == ["reported"]


def test_a_refused_step_leaves_no_trace(world: World, report: Report) -> None:
    from gongzhi.cases.actions.foreseeing import foresee

    case, by, at = report(), world.actor("dispatcher"), clock.now()
    before = CaseEvent.objects.filter(case=case).count()
    with pytest.raises(Refused):
        foresee(by=by, at=at, number=case.number, act=actions.close_case, given={})
    seen = foresee(by=by, at=at, number=case.number, act=actions.accept_case, given={})
    assert seen.status == "accepted" and status(case) == ["reported"]
    assert CaseEvent.objects.filter(case=case).count() == before

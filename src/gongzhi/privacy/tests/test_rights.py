"""The rights desk: access, copy, correct, delete, explain; who may ask, who may answer, what is left afterwards."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.audit.actions import verify_trail
from gongzhi.audit.models import Access, Entry
from gongzhi.cases import words
from gongzhi.cases.actions.merging import merge_case
from gongzhi.cases.models import Case, Reporter
from gongzhi.cases.queries import visible_to
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import NotFound, Refused, SignInRequired
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.privacy.actions import rights as acts
from gongzhi.privacy.queries import rights
from tests.cast import NOW, SETUP, World, phone_of

HOUR = dt.timedelta(hours=1)
Report = Callable[..., Case]


def ask(by: Actor, right: str, text: str = "请办一下这件事") -> str:
    return str(acts.ask_right(by=by, at=NOW, right=right, text=text)["number"])


def test_a_request_is_a_case_with_fifteen_days_and_one_reader(world: World, officer: Actor) -> None:
    resident = world.actor("resident")
    case = Case.objects.get(number=ask(resident, "access"))
    assert (case.channel, case.privacy, case.unit) == ("rights", "confidential", None)
    assert case.due_at and case.due_at.date() == dt.date(2026, 4, 2), "15 days (pack cn.privacy, 个人信息保护法 50)"
    assert visible_to(officer).filter(pk=case.pk).exists() and visible_to(resident).filter(pk=case.pk).exists()
    for other in ("secretary", "dispatcher", "supervisor", "auditor", "administrator", "grid_member", "neighbour"):
        assert not visible_to(world.actor(other)).filter(pk=case.pk).exists(), other


def test_the_secretarys_letters_are_not_the_officers(world: World, officer: Actor, report: Report) -> None:
    letter = report(text="书记您好，想说说停车的事", channel="letter")
    assert not visible_to(officer).filter(pk=letter.pk).exists()
    assert visible_to(world.actor("secretary")).filter(pk=letter.pk).exists()
    assert not visible_to(officer).filter(channel="web").exists()


def test_asking_wants_a_name_and_a_right(world: World) -> None:
    with pytest.raises(SignInRequired):
        ask(ANONYMOUS, "access")
    with pytest.raises(Refused, match="unknown_right"):
        ask(world.actor("resident"), "score")
    with pytest.raises(Refused, match="missing_text"):
        ask(world.actor("resident"), "correct", " ")


def test_who_asks_is_shown_for_a_purpose_and_written_down(world: World, officer: Actor) -> None:
    number = ask(world.actor("resident"), "access")
    with pytest.raises(Refused, match="missing_purpose"):
        acts.reveal_requester(by=officer, at=NOW, number=number, purpose="")
    assert not Access.objects.filter(actor=officer.reference).exists()
    found = acts.reveal_requester(by=officer, at=NOW, number=number, purpose="核对是不是本人")
    assert found["phone"] == phone_of("resident")
    seen = list(rights.readings_of(world.actor("resident")).values_list("actor", "purpose"))
    assert (officer.reference, "核对是不是本人") in seen


def test_a_copy_is_made_and_only_the_person_takes_it(world: World, officer: Actor, report: Report) -> None:
    report()
    resident = world.actor("resident")
    number = ask(resident, "copy")
    with pytest.raises(Refused, match="not_ready"):
        acts.take_copy(by=resident, at=NOW, number=number, form="json")
    acts.give_copy(by=officer, at=NOW + HOUR, number=number)
    found = acts.take_copy(by=resident, at=NOW + HOUR, number=number, form="json")
    assert found["people"]["values"]["phone"] == phone_of("resident")
    assert any("路灯" in case["text"] for case in found["cases"]["cases"])
    assert any("路灯" in line for _, line in rights.flat(found))
    for other in (officer, world.actor("neighbour"), world.actor("secretary")):
        with pytest.raises(NotFound):
            acts.take_copy(by=other, at=NOW + HOUR, number=number, form="json")
    assert Entry.objects.filter(action="privacy.take_copy", subject=f"case:{number}").exists()


def test_a_wrong_value_is_corrected(world: World, officer: Actor) -> None:
    number = ask(world.actor("resident"), "correct", "电话换了，尾号 8899")
    with pytest.raises(Refused, match="unknown_field"):
        acts.correct_value(by=officer, at=NOW, number=number, field="rank", value="1", note="改好了")
    acts.correct_value(by=officer, at=NOW, number=number, field="phone", value="13900008899", note="改好了")
    person = Person.objects.select_related("key").get(pk=world.people["resident"].pk)
    assert vault.own_values(person)["phone"] == "13900008899"
    assert "13900008899" not in str(list(Entry.objects.values_list("changes", flat=True)))


@pytest.mark.usefixtures("all_in_use")
def test_an_explanation_names_words_clause_and_who_decided(world: World, officer: Actor, report: Report) -> None:
    case = report()
    told = next(one for one in rights.explanations(world.people["resident"].pk) if one["number"] == case.number)
    assert told["decided_by"] == "guess" and "路灯" in "".join(told["because_of"])
    assert told["unit"] == "路灯管理所" and told["pack"].startswith("pack:model/pingchang/")
    number = ask(world.actor("resident"), "explain", f"{case.number} 为什么派给路灯所")
    done = acts.answer_request(by=officer, at=NOW, number=number, note="按职责清单，路灯归路灯管理所。")
    assert done.status == "verified"


def test_the_wrong_button_does_nothing(world: World, officer: Actor) -> None:
    number = ask(world.actor("resident"), "access")
    with pytest.raises(Refused, match="other_right"):
        acts.erase_requester(by=officer, at=NOW, number=number)
    assert Person.objects.get(pk=world.people["resident"].pk).erased_at is None


@pytest.mark.parametrize("who", ["secretary", "supervisor", "administrator", "auditor"])
def test_nobody_else_erases(world: World, who: str) -> None:
    number = ask(world.actor("resident"), "delete")
    with pytest.raises(NotFound):
        acts.erase_requester(by=world.actor(who), at=NOW, number=number)


def test_who_holds_a_post_hands_it_over_first(world: World, officer: Actor) -> None:
    number = ask(world.actor("grid_member"), "delete")
    with pytest.raises(Refused, match="still_in_post"):
        acts.erase_requester(by=officer, at=NOW, number=number)


def test_a_person_who_reported_was_merged_and_published_is_erased(
    world: World, officer: Actor, report: Report
) -> None:
    """Every room's holdings go, the trail stays whole, and the answer lists what stays and why (47)."""
    done, main, open_ = report(), report("neighbour"), report(text="小区大门口的垃圾桶满了没人收")
    same = report(text="5栋门口的路灯一直不亮")
    merge_case(by=world.actor("dispatcher"), at=NOW, number=same.number, into=main.number)
    Case.objects.filter(pk=done.pk).update(status="closed", closed_at=NOW)
    person = world.people["resident"]
    number = ask(world.actor("resident"), "delete")
    stays = {one.code: one.why for one in rights.what_stays(person.pk)}
    assert {"logs", "posts", "open_cases"} <= set(stays) and all(stays.values())
    case = acts.erase_requester(by=officer, at=NOW + HOUR, number=number)
    assert "没办完" in words.open_part(case.key, "result", case.result)
    assert not Reporter.objects.filter(person=person).exists()
    assert vault.own_values(Person.objects.select_related("key").get(pk=person.pk)) == {}
    for gone in (done,):
        gone.refresh_from_db()
        assert words.open_words(gone.key, gone.words) == words.ERASED
    open_.refresh_from_db()
    assert words.open_words(open_.key, open_.words)["text"], "still open: kept until it is done"
    report_ = verify_trail(by=SETUP, at=NOW + HOUR)
    assert report_.valid and report_.checked > 5
    with pytest.raises(Refused, match="requester_gone"):
        acts.reveal_requester(by=officer, at=NOW, number=number, purpose="再看一眼")


def test_a_reporter_sees_readings_of_the_case_too(world: World, report: Report) -> None:
    from gongzhi.cases.actions import reveal_contact

    case = report()
    by = world.actor("dispatcher")
    reveal_contact(by=by, at=NOW, number=case.number, purpose="约时间上门")
    seen: list[Any] = list(rights.readings_of(world.actor("resident")).values_list("actor", "purpose"))
    assert (by.reference, "约时间上门") in seen
    assert not list(rights.readings_of(world.actor("neighbour")))

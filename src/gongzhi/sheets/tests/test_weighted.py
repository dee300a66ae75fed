"""Weighted sheets: exact totals, evidence before points, frozen by the first entry in the database itself."""

from fractions import Fraction as F
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as some

from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.sheets import rules
from gongzhi.sheets.actions import filling
from gongzhi.sheets.models import Sheet, SheetEntry
from gongzhi.sheets.queries import filled
from gongzhi.sheets.rules import Part
from tests.cast import NOW, World

DAY = NOW.date()
SPAN = {"since": DAY.replace(day=1), "until": DAY}


def test_what_cannot_be_counted_is_left_out_and_never_put_at_nothing() -> None:
    total = rules.total_of([Part(F(60), F(1, 3)), Part(F(40), None)])
    assert (total.points, total.reachable, total.whole, total.complete) == (20, 60, 100, False)


def test_lower_is_better_turns_the_share_round() -> None:
    assert rules.got_of(F(1, 4), "lower") == F(3, 4)
    assert rules.got_of(F(1, 4), "higher") == rules.got_of(F(1, 4), "none") == F(1, 4)
    assert rules.got_of(None, "lower") is None


@given(some.lists(some.tuples(some.integers(0, 100), some.fractions(0, 1)), min_size=1, max_size=8))
def test_a_total_lies_between_nothing_and_what_can_be_reached(rows: list[tuple[int, F]]) -> None:
    total = rules.total_of(Part(F(weight), got) for weight, got in rows)
    assert 0 <= total.points <= total.reachable == total.whole


@pytest.fixture
def sheet(world: World) -> Sheet:
    return filling.take_sheet(by=world.actor("supervisor"), at=NOW, code="community")


def fill(world: World, sheet: Sheet, who: str = "secretary", mark: str = "8", evidence: str = "会议 2026-03") -> Any:
    return filling.fill_sheet(
        by=world.actor(who),
        at=NOW,
        sheet=sheet,
        place=world.places["PC-1"],
        marks={"meeting": mark},
        evidence={"meeting": [evidence] if evidence else []},
        notes={},
        **SPAN,
    )


def test_a_judged_item_needs_evidence_and_stays_on_its_scale(world: World, sheet: Sheet) -> None:
    for mark, evidence, code in (
        ("8", "", "evidence_missing"),
        ("11", "会议", "mark_beyond_scale"),
        ("好", "会议", "mark_unreadable"),
    ):
        with pytest.raises(Refused) as refused:
            fill(world, sheet, mark=mark, evidence=evidence)
        assert refused.value.code == code
    assert SheetEntry.objects.count() == 0 and Sheet.objects.get(pk=sheet.pk).frozen_at is None
    made = fill(world, sheet)
    assert {entry.item for entry in made} == {"vacant", "meeting"}, "rates of nothing are not put at 0"
    (one,) = filled.filled_of(world.actor("secretary"), Sheet.objects.get(pk=sheet.pk))
    points = {row.item["code"]: row.points for row in one.rows}
    assert points["meeting"] == 8 and points["response"] is None and not one.total.complete
    assert one.total.reachable == 20


def test_a_sheet_is_frozen_by_its_first_entry(world: World, sheet: Sheet) -> None:
    weights = {"response": "10", "resolution": "40"}
    changed = filling.weigh_sheet(by=world.actor("supervisor"), at=NOW, code="community", weights=weights)
    assert changed.pk == sheet.pk and changed.version == 1
    fill(world, sheet)
    for change in ({"content": {}}, {"frozen_at": None}):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            Sheet.objects.filter(pk=sheet.pk).update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SheetEntry.objects.filter(sheet=sheet).update(numerator=1)
    again = filling.weigh_sheet(
        by=world.actor("supervisor"), at=NOW, code="community", weights={"response": "15", "resolution": "35"}
    )
    assert again.version == 2 and again.frozen_at is None
    with pytest.raises(Conflict) as refused:
        fill(world, sheet)
    assert refused.value.code == "sheet_replaced"
    assert filled.filled_of(world.actor("secretary"), sheet)[0].sheet.version == 1, "what was filled stays with its own"


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ({"response": "21"}, "weights_do_not_add_up"),
        ({"response": "-1", "resolution": "51"}, "weight_negative"),
        ({"response": "多"}, "weight_unreadable"),
    ],
)
def test_weights_must_add_up(world: World, sheet: Sheet, weights: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        filling.weigh_sheet(by=world.actor("supervisor"), at=NOW, code="community", weights=weights)
    assert refused.value.code == code


def test_who_may_not(world: World, sheet: Sheet) -> None:
    with pytest.raises(Forbidden):
        filling.take_sheet(by=world.actor("secretary"), at=NOW, code="community")
    with pytest.raises(Forbidden):
        filling.weigh_sheet(by=world.actor("secretary"), at=NOW, code="community", weights={})
    with pytest.raises(Forbidden):
        fill(world, sheet, who="grid_member")


def test_no_number_of_a_person_is_kept_in_evidence(world: World, sheet: Sheet) -> None:
    fill(world, sheet, evidence="问 13811112222")
    entry = SheetEntry.objects.get(item="meeting")
    assert entry.evidence == ["问 138****2222"]


# Over HTTP


def test_a_sheet_from_the_pack_to_its_total(world: World, as_: Any) -> None:
    boss, secretary = as_("supervisor"), as_("secretary")
    listed = boss.get("/sheets/weighted/").content.decode()
    assert "社区治理评价表" in listed
    assert boss.post("/sheets/weighted/", {"code": "community"}).status_code == 302
    page = secretary.get("/sheets/weighted/community/").content.decode()
    assert "只是举例" in page and "填这张表" in page
    form = {"region": "PC-1", "since": "2026-03-01", "until": "2026-03-18", "mark-meeting": "9"}
    wrong = secretary.post("/sheets/weighted/community/fill", form)
    assert wrong.status_code == 422 and "没有证据不能给分" in wrong.content.decode()
    form["evidence-meeting"] = "会议 2026-03 第一次\n会议 2026-03 第二次"
    assert secretary.post("/sheets/weighted/community/fill", form).status_code == 302
    done = secretary.get("/sheets/weighted/community/").content.decode()
    assert "9.00 / 10" in done and "会议 2026-03 第二次" in done and "还有项没填" in done
    assert secretary.get("/sheets/weighted/community/", {"export": "xlsx"}).content[:2] == b"PK"
    weights = {f"weight-{item['code']}": item["weight"] for item in Sheet.objects.get().content["items"]}
    bad = boss.post("/sheets/weighted/community/", {**weights, "weight-response": "99"})
    assert bad.status_code == 422 and "加起来要正好 100" in bad.content.decode()
    good = {**weights, "weight-response": "10", "weight-resolution": "40"}
    assert boss.post("/sheets/weighted/community/", good).status_code == 302
    assert Sheet.objects.count() == 2
    assert "第 1 版" in boss.get("/sheets/weighted/community/", {"v": "1"}).content.decode()
    assert secretary.post("/sheets/weighted/community/", weights).status_code == 403

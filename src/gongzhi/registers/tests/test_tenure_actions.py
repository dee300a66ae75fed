"""Declaring, deciding, taking over, moving out, speaking for a household; each refusal beside its success."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongzhi.audit.models import Entry
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.documents.models import Evidence, Media
from gongzhi.notifications.models import Notice
from gongzhi.people.actions import erase_account
from gongzhi.places.models import Place
from gongzhi.registers import actions
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.tests.homes import NOW, TODAY, approve, declare, homes, load_law, said
from tests.cast import World

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=200)


@pytest.fixture
def doors(world: World) -> dict[str, Place]:
    load_law()
    return homes(world)


def refused(code: str, act: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    assert caught.value.code == code
    return caught.value


@pytest.mark.req("N02", where="/my/home/")
def test_an_owner_declares_and_another_approves(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "resident", doors["1-101"])
    resident = world.people["resident"]
    assert queries.standing(resident.pk, "/", TODAY) == []
    approve(world, row)
    (found,) = queries.standing(resident.pk, world.places["PC-1"].path, TODAY)
    assert (found.capacity, found.dwelling, found.share) == ("owner", "LY-5-1-101", Fraction(1))
    assert queries.standing(resident.pk, world.places["PC-2"].path, TODAY) == []
    assert queries.standing(resident.pk, "/", dt.date(2025, 4, 30)) == []
    entry = Entry.objects.get(action="registers.approve")
    assert entry.changes["pack"] == "pack:law/cn.owners/2021.1"
    assert Notice.objects.get(person_id=resident.pk).kind == "tenure_approved"


@pytest.mark.req("N02")
def test_a_paper_is_needed_and_the_right_one(world: World, doors: dict[str, Place]) -> None:
    by, home = world.actor("resident"), doors["1-101"]

    def tell(words: Any) -> Callable[[], Tenure]:
        return lambda: actions.declare_tenure(by=by, at=NOW, dwelling=home, said=words)

    refused("paper_missing", tell(said()))
    refused("proof_kind", tell(said(proof="lease")))
    assert "交房单" in refused("proof_short", tell(said(proof="contract"))).facts["why"]
    refused("until_missing", tell(said("tenant", "lease")))
    refused("starts_later", tell(said(valid_from=TODAY + dt.timedelta(days=1))))
    refused("ends_too_late", tell(said("tenant", "lease", expires_on=TODAY + dt.timedelta(days=366))))
    refused("no_dwelling", lambda: declare(world, "resident", world.places["LY-5"]))
    row = declare(world, "resident", home)
    assert Evidence.objects.get(subject=row.reference).purpose == "document"
    with pytest.raises(Conflict):
        declare(world, "resident", home)


@pytest.mark.req("N02")
def test_four_eyes_and_the_mandate(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "grid_member", doors["1-101"])
    refused("four_eyes", lambda: approve(world, row))
    for who in ("resident", "other_grid_member", "auditor", "administrator"):
        refused("forbidden", lambda who=who: approve(world, row, who))  # type: ignore[misc]
    approve(world, row, "secretary")
    mine = declare(world, "resident", doors["1-101"], said("family", "household_book"))
    refused("four_eyes", lambda: approve(world, mine))
    approve(world, mine, "secretary")
    with pytest.raises(Conflict):
        approve(world, mine, "secretary")


def test_the_database_refuses_what_the_action_would(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "resident", doors["1-101"])
    bad: list[dict[str, Any]] = [
        {"status": "approved", "decided_by": row.declared_by, "decided_at": NOW},
        {"status": "approved", "decided_by": "", "decided_at": NOW},
        {"status": "refused", "decided_by": "person:x", "decided_at": NOW},
        {"share_numerator": 3, "share_denominator": 2},
        {"share_numerator": 0},
        {"heads": 2},
        {"person": None},
        {"representative": True},
        {"status": "ended"},
        {"valid_to": dt.date(2020, 1, 1)},
    ]
    for values in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            Tenure.objects.filter(pk=row.pk).update(**values)
    again = Tenure.objects.get(pk=row.pk)
    again.pk, again.valid_from = None, dt.date(2026, 1, 1)
    with pytest.raises(IntegrityError, match="tenure_person_once"), transaction.atomic():
        again.save(force_insert=True)


@pytest.mark.req("N02")
def test_shares_add_up_to_the_whole_and_no_more(world: World, doors: dict[str, Place]) -> None:
    home = doors["1-101"]
    approve(world, declare(world, "resident", home, said(share=Fraction(2, 3))))
    over = declare(world, "neighbour", home, said(share=Fraction(333_334, 1_000_000)))
    assert refused("shares_over", lambda: approve(world, over)).facts["sum"] == "1500001/1500000"
    actions.refuse_tenure(by=world.actor("grid_member"), at=NOW, tenure=over, reason="shares")
    approve(world, declare(world, "neighbour", home, said(share=Fraction(1, 3))))
    assert sum(share or 0 for share in queries.shares_held(home, TODAY)) == 1


@pytest.mark.req("N02")
def test_a_sale_ends_the_old_the_day_the_new_begins(world: World, doors: dict[str, Place]) -> None:
    home, day = doors["1-101"], dt.date(2026, 3, 1)
    old = approve(world, declare(world, "resident", home))
    new = declare(world, "neighbour", home, said(valid_from=day))
    refused("shares_over", lambda: approve(world, new))
    other = approve(world, declare(world, "outsider", doors["1-102"]))
    refused("bad_transfer", lambda: approve(world, new, replaces=other))
    approve(world, new, replaces=old)
    old.refresh_from_db()
    assert (old.status, old.valid_to, old.reason) == ("ended", day, "transferred")
    for who, on, count in (("resident", -1, 1), ("resident", 0, 0), ("neighbour", -1, 0), ("neighbour", 0, 1)):
        assert len(queries.standing(world.people[who].pk, "/", day + dt.timedelta(days=on))) == count, (who, on)


@pytest.mark.req("N03", where="/my/home/")
def test_tenants_are_a_number_until_they_say_their_name(world: World, doors: dict[str, Place]) -> None:
    home = doors["1-101"]

    def tell(who: str, heads: int = 3) -> Tenure:
        by = world.actor(who)
        return actions.declare_tenants(by=by, at=NOW, dwelling=home, heads=heads, since=TODAY, expires_on=LATER)

    refused("not_owner", lambda: tell("resident"))
    approve(world, declare(world, "resident", home))
    refused("bad_heads", lambda: tell("resident", 21))
    count = approve(world, tell("resident"))
    assert (count.person_id, count.heads, count.key_id) == (None, 3, None)
    code = queries.join_code(count)
    refused("unknown_code", lambda: actions.join_tenants(by=world.actor("neighbour"), at=NOW, code=f"{count.pk}-AAAA"))
    refused("own_code", lambda: actions.join_tenants(by=world.actor("resident"), at=NOW, code=code))
    named = actions.join_tenants(by=world.actor("neighbour"), at=NOW, code=code.lower())
    assert list(queries.waiting_for(world.actor("grid_member"))) == [named]
    approve(world, named)
    count.refresh_from_db()
    assert count.heads == 2
    (found,) = queries.standing(world.people["neighbour"].pk, "/", TODAY)
    assert found.capacity == "tenant"
    assert queries.standing(world.people["neighbour"].pk, "/", LATER) == []


@pytest.mark.req("N03")
def test_a_tenant_declares_and_is_reminded_once_before_the_end(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "neighbour", doors["1-101"], said("tenant", "lease", expires_on=TODAY + dt.timedelta(days=31)))
    approve(world, row)
    by = system_actor("registers.expiry")
    assert actions.remind_expiring(by=by, at=NOW) == 0
    assert actions.remind_expiring(by=by, at=NOW + dt.timedelta(days=1)) == 1
    assert actions.remind_expiring(by=by, at=NOW + dt.timedelta(days=1)) == 0
    notice = Notice.objects.get(kind="tenure_expires")
    assert notice.person_id == world.people["neighbour"].pk
    renew = {"by": world.actor("neighbour"), "at": NOW, "tenure": row, "expires_on": LATER}
    refused("paper_missing", lambda: actions.renew_tenure(**renew))


@pytest.mark.req("N02")
def test_a_household_speaks_with_one_voice_only_when_all_agree(world: World, doors: dict[str, Place]) -> None:
    home = doors["1-101"]
    owner = approve(world, declare(world, "resident", home))
    family = approve(world, declare(world, "neighbour", home, said("family", "household_book")))
    away = approve(world, declare(world, "outsider", doors["1-102"]))

    def choose(who: str, own: Tenure, choice: Tenure) -> bool:
        return actions.choose_representative(by=world.actor(who), at=NOW, own=own, choice=choice)

    refused("not_in_household", lambda: choose("resident", owner, away))
    refused("not_yours", lambda: choose("outsider", owner, owner))
    assert not choose("resident", owner, owner)
    assert choose("neighbour", family, owner)
    assert queries.standing(world.people["resident"].pk, "/", TODAY)[0].representative
    assert not choose("neighbour", family, family)
    assert not Tenure.objects.filter(representative=True).exists()
    assert choose("resident", owner, family)
    actions.move_out(by=world.actor("neighbour"), at=NOW, tenure=family, on=TODAY)
    assert queries.standing(world.people["neighbour"].pk, "/", TODAY) == []
    owner.refresh_from_db()
    assert owner.chooses_id is None
    actions.move_out(by=world.actor("resident"), at=NOW, tenure=owner, on=TODAY)
    (still,) = queries.standing(world.people["resident"].pk, "/", TODAY)
    assert still.capacity == "owner" and not still.lives_here


def test_a_refusal_says_why_and_can_be_tried_again(world: World, doors: dict[str, Place]) -> None:
    row, by = declare(world, "resident", doors["1-101"]), world.actor("grid_member")
    refused("reason_missing", lambda: actions.refuse_tenure(by=by, at=NOW, tenure=row, reason="because"))
    refused("note_missing", lambda: actions.refuse_tenure(by=by, at=NOW, tenure=row, reason="other"))
    actions.refuse_tenure(by=by, at=NOW, tenure=row, reason="unreadable", note="第二页没拍全")
    row.refresh_from_db()
    assert queries.note_of(row) == "第二页没拍全" and b"\xe7\xac\xac" not in bytes(row.note or b"")
    again = declare(world, "resident", doors["1-101"])
    approve(world, again)


def test_what_is_not_decided_can_be_taken_back(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "resident", doors["1-101"])
    with pytest.raises(Forbidden):
        actions.retract_tenure(by=world.actor("neighbour"), at=NOW, tenure=row)
    actions.retract_tenure(by=world.actor("resident"), at=NOW, tenure=row)
    assert queries.standing(world.people["resident"].pk, "/", TODAY) == []
    approve(world, declare(world, "resident", doors["1-101"]))


def test_papers_are_seen_by_the_holder_and_who_decides(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "resident", doors["1-101"])
    seen = {who for who in world.people if queries.may_see_papers(world.actor(who), str(row.pk))}
    assert seen == {"resident", "grid_member", "secretary"}
    with pytest.raises(NotFound):
        queries.get_tenure_for(world.actor("neighbour"), row.pk)


@pytest.mark.req("N02")
def test_an_erased_owner_leaves_their_share_and_nothing_else(world: World, doors: dict[str, Place]) -> None:
    first = approve(world, declare(world, "resident", doors["1-101"], said(share=Fraction(1, 2))))
    second = approve(world, declare(world, "resident", doors["1-102"]))
    person = world.people["resident"]
    erase_account(by=world.actor("resident"), at=NOW, person=person)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.person_id is None and first.heads == 1 and first.stand_in == second.stand_in is not None
    assert queries.shares_held(doors["1-101"], TODAY) == [Fraction(1, 2)]
    assert not Media.objects.filter(key=first.key, erased_at__isnull=True).exists()
    assert str(person.pk) not in str(first.stand_in) and str(person.pk) not in first.declared_by
    assert queries.standing(person.pk, "/", TODAY) == []

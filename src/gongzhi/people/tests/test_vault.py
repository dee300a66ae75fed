"""The vault: sealed at rest, masked by default, read with a purpose, gone with its key."""

import pytest
from django.db import connection

from gongzhi.audit import actions as audit
from gongzhi.audit.models import Access, Entry
from gongzhi.common import sealing
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Forbidden, Refused, SignInRequired
from gongzhi.people import actions, vault
from gongzhi.people.models import Person, VaultKey, VaultValue
from tests.cast import NOW, SETUP

pytestmark = pytest.mark.django_db
NAME, PHONE, MAIL = "欧阳静水", "13812342046", "ouyang@example.cn"


@pytest.fixture
def ouyang(world) -> Person:
    values = {"name": NAME, "phone": f"+86 {PHONE}", "email": MAIL.upper()}
    return actions.create_person(by=SETUP, at=NOW, values=values)


def whole_database() -> str:
    """Every text, JSON and byte column of every table, as one string."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_value_lies_open_in_the_database(ouyang):
    text = whole_database()
    for value in (NAME, PHONE, MAIL):
        assert value not in text
        assert value.encode().hex() not in text


def test_lists_are_masked_and_nothing_is_logged(ouyang):
    before = Access.objects.count()
    shown = vault.shown_to(SETUP, [ouyang.pk], ("name", "phone", "email"))[ouyang.pk]
    assert shown == {"name": "欧***", "phone": "138****2046", "email": "o***@example.cn"}
    assert Access.objects.count() == before


def test_a_clear_reading_is_written_down_with_its_purpose(world, ouyang):
    by = world.actor("dispatcher")
    found = vault.reveal(by=by, at=NOW, person_ids=[ouyang.pk], fields=["name", "phone"], purpose="上门前联系")
    assert found[ouyang.pk] == {"name": NAME, "phone": PHONE}
    row = Access.objects.latest("id")
    assert (row.actor, row.purpose, row.subjects) == (by.reference, "上门前联系", [f"person:{ouyang.pk}"])
    assert NAME not in str(vars(row)) and PHONE not in str(vars(row))


def test_one_s_own_reading_is_not_logged(ouyang):
    before = Access.objects.count()
    assert vault.own_values(ouyang)["name"] == NAME
    assert Access.objects.count() == before


@pytest.mark.parametrize("typed", [PHONE, "138 1234 2046", "＋86-１３８-1234-2046", "008613812342046"])
def test_look_up_folds_the_ways_to_write_a_number(ouyang, typed):
    assert vault.find_person("phone", typed) == ouyang


def test_look_up_needs_the_whole_value(ouyang):
    assert vault.find_person("phone", PHONE[:-1]) is None
    assert vault.find_person("email", PHONE) is None
    assert vault.find_person("email", MAIL) == ouyang


def test_one_number_one_account(ouyang, world):
    with pytest.raises(Refused) as refused:
        actions.create_person(by=SETUP, at=NOW, values={"phone": PHONE})
    assert refused.value.code == "contact_taken"


def test_a_value_moved_to_another_row_does_not_open(ouyang, world):
    neighbour = world.people["neighbour"]
    mine, theirs = ouyang.vault_values.get(field="name"), neighbour.vault_values.get(field="name")
    VaultValue.objects.filter(pk=theirs.pk).update(sealed=mine.sealed)
    assert vault.shown_to(SETUP, [neighbour.pk]) == {}
    VaultValue.objects.filter(pk=ouyang.vault_values.get(field="phone").pk).update(sealed=mine.sealed)
    assert "phone" not in vault.own_values(ouyang)


def test_who_may_change_whose_values(world, ouyang):
    by = world.actor("resident")
    actions.set_value(by=by, at=NOW, person=world.people["resident"], field="name", value="自己")
    with pytest.raises(Forbidden):
        actions.set_value(by=by, at=NOW, person=ouyang, field="name", value="别人")
    actions.set_value(by=world.actor("administrator"), at=NOW, person=ouyang, field="name", value="改正")
    assert vault.own_values(ouyang)["name"] == "改正"


def test_an_administrator_reaches_only_colleagues_of_the_own_places(world):
    place = world.places["PC-2"]
    post = actions.add_post(by=SETUP, at=NOW, code="admin-2", role="administrator", title="管理员", place=place)
    actions.appoint(by=SETUP, at=NOW, person=world.people["outsider"], post=post, decision="test")
    by = world.actor("outsider")
    actions.set_value(by=by, at=NOW, person=world.people["other_grid_member"], field="name", value="管得着")
    for name in ("administrator", "grid_member"):
        with pytest.raises(Forbidden):
            actions.drop_second_factor(by=by, at=NOW, person=world.people[name])


# Rotation


def test_rotation_rewraps_keys_and_keeps_values_and_look_ups(ouyang, settings, tmp_path):
    sealed = bytes(ouyang.vault_values.get(field="name").sealed)
    sealing.add_master(settings.KEYS_DIR)
    try:
        new = vault.keyring().current
        assert vault.own_values(ouyang)["name"] == NAME
        assert VaultKey.objects.get(pk=ouyang.key_id).master_id != new
        count = actions.rewrap_keys(by=system_actor("rotation"), at=NOW)
        assert count == VaultKey.objects.filter(destroyed_at__isnull=True).count()
        key = VaultKey.objects.get(pk=ouyang.key_id)
        assert key.master_id == new
        assert bytes(ouyang.vault_values.get(field="name").sealed) == sealed
        assert vault.own_values(Person.objects.select_related("key").get(pk=ouyang.pk))["name"] == NAME
        assert vault.find_person("phone", PHONE) == ouyang
        assert actions.rewrap_keys(by=system_actor("rotation"), at=NOW) == 0
    finally:
        (settings.KEYS_DIR / f"master-{new}.key").unlink()


def test_a_destroyed_key_is_not_wrapped_anew_and_a_cut_rotation_goes_on(world, ouyang, settings, monkeypatch):
    monkeypatch.setattr(actions.accounts, "_REWRAPPED_AT_ONCE", 3)
    gone = world.people["outsider"].key_id
    VaultKey.objects.filter(pk=gone).update(wrapped=b"", destroyed_at=NOW)
    sealing.add_master(settings.KEYS_DIR)
    new = vault.keyring().current
    try:
        first = actions.accounts._rewrap_some(system_actor("rotation"), NOW)
        left = vault.keys_left().count()
        assert first == 3 and left > 3
        assert actions.rewrap_keys(by=system_actor("rotation"), at=NOW) == left
        assert bytes(VaultKey.objects.get(pk=gone).wrapped) == b""
        assert Entry.objects.filter(action="people.rewrap").count() == 1 + -(-left // 3)
        assert vault.own_values(Person.objects.select_related("key").get(pk=ouyang.pk))["name"] == NAME
    finally:
        (settings.KEYS_DIR / f"master-{new}.key").unlink()


def test_rotation_is_for_the_instance_s_keeper(world):
    with pytest.raises(Forbidden):
        actions.rewrap_keys(by=world.actor("dispatcher"), at=NOW)
    with pytest.raises(Refused):
        actions.rewrap_keys(by=world.actor("resident"), at=NOW)


# Erasure


def test_erasure_destroys_the_key_and_the_trail_stays_whole(world, ouyang):
    by = world.actor("dispatcher")
    vault.reveal(by=by, at=NOW, person_ids=[ouyang.pk], fields=["name"], purpose="核对")
    kept = VaultKey.objects.get(pk=ouyang.key_id)
    sealed = bytes(ouyang.vault_values.get(field="name").sealed)
    from gongzhi.people.queries import actor_for

    actions.erase_account(by=actor_for(ouyang, at=NOW, purpose="test"), at=NOW, person=ouyang)
    assert not ouyang.vault_values.exists()
    gone = VaultKey.objects.get(pk=ouyang.key_id)
    assert bytes(gone.wrapped) == b"" and gone.destroyed_at == NOW
    with pytest.raises(sealing.Unreadable):
        vault.open_key(gone)
    # what a thief kept of the values alone opens nothing; the wrapped key with the master would have
    assert sealing.unseal(vault.open_key(kept), sealed, f"person:{ouyang.pk}:name").decode() == NAME
    assert vault.find_person("phone", PHONE) is None
    assert vault.shown_to(SETUP, [ouyang.pk]) == {}
    report = audit.verify_trail(by=SETUP, at=NOW)
    assert report.valid and report.checked == Entry.objects.count()
    assert Entry.objects.filter(action="people.erase", subject=f"person:{ouyang.pk}").count() == 1
    # the number is free again for whoever has it now
    assert actions.create_person(by=SETUP, at=NOW, values={"phone": PHONE}).pk != ouyang.pk


def test_nobody_is_erased_out_of_a_post_or_by_a_neighbour(world, ouyang):
    with pytest.raises(Refused) as refused:
        actions.erase_account(by=world.actor("dispatcher"), at=NOW, person=world.people["dispatcher"])
    assert refused.value.code == "still_in_post"
    with pytest.raises(Forbidden):
        actions.erase_account(by=world.actor("resident"), at=NOW, person=ouyang)


def test_export_holds_one_s_values_and_nobody_else_s(world, ouyang):
    from gongzhi.people.queries import actor_for

    found = actions.export_account(by=actor_for(ouyang, at=NOW, purpose="test"), at=NOW)
    assert found["zz-people"]["values"] == {"name": NAME, "phone": PHONE, "email": MAIL}
    assert "演示" not in str(found)
    from gongzhi.common.access import ANONYMOUS

    with pytest.raises(SignInRequired):
        actions.export_account(by=ANONYMOUS, at=NOW)


# Consent


def test_consent_is_withdrawn_in_one_step_and_kept_as_history(world):
    by = world.actor("resident")
    actions.grant_consent(by=by, at=NOW, purpose="callback", version="1")
    actions.grant_consent(by=by, at=NOW, purpose="callback", version="2")
    rows = world.people["resident"].consents.order_by("id")
    assert [(row.version, row.withdrawn_at is None) for row in rows] == [("1", False), ("2", True)]
    actions.withdraw_consent(by=by, at=NOW, purpose="callback")
    assert not rows.filter(withdrawn_at__isnull=True).exists()
    with pytest.raises(Refused) as refused:
        actions.withdraw_consent(by=by, at=NOW, purpose="callback")
    assert refused.value.code == "no_consent"

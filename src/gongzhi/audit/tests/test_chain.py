"""The chain: whatever is changed, removed, cut off or forged in the database is found and named."""

import hashlib
import json

import pytest
from django.db import DatabaseError, connection, transaction

from gongzhi.audit import actions, jobs, queries, rules
from gongzhi.audit.models import Access, Entry, Link, Seal
from gongzhi.common.access import system_actor
from tests.cast import NOW

pytestmark = pytest.mark.django_db
BY = system_actor("test")
COUNT = 12


@pytest.fixture
def chain(db):
    """Twelve entries, sealed and noted outside; the head is put back as it was."""
    path = queries.head_file()
    before = path.read_text() if path.exists() else None
    path.unlink(missing_ok=True)
    for n in range(COUNT):
        actions.record(by=BY, at=NOW, action="test.act", subject=f"thing:{n}", changes={"n": [n, n + 1]})
    assert verify().valid
    yield list(Entry.objects.order_by("id"))
    path.unlink(missing_ok=True)
    if before is not None:
        path.write_text(before)


def verify() -> queries.Verification:
    return actions.verify_trail(by=BY, at=NOW)


def codes() -> set[tuple[str, str]]:
    return {(failure["code"], failure["where"]) for failure in verify().failures}


def tamper(statement: str, *values) -> None:
    """What somebody with the database's password can do: switch the triggers' guard off, then write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.maintenance', 'yes', true)")
        cursor.execute(statement, values)
        cursor.execute("SELECT set_config('gongzhi.maintenance', '', true)")


def test_an_untouched_trail_holds(chain):
    report = verify()
    assert (report.valid, report.checked, report.failures) == (True, COUNT, [])
    assert json.loads(queries.head_file().read_text())["position"] == COUNT


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'person:somebody-else'"),
        ("action", "'test.other'"),
        ("subject", "'thing:99'"),
        ("purpose", "'because'"),
        ("changes", "'{\"n\": [1, 3]}'"),
        ("mandate_id", "7"),
        ("at", "at + interval '1 microsecond'"),
    ],
)
def test_a_change_of_any_field_is_found(chain, column, value):
    victim = chain[4]
    tamper(f"UPDATE audit_entry SET {column} = {value} WHERE id = %s", victim.pk)
    assert codes() == {("entry_changed", f"entry:{victim.pk}"), ("chain_broken", "seal:5")}


def test_a_change_with_its_digest_mended_breaks_the_chain(chain):
    victim = chain[4]
    values = {name: getattr(victim, name) for name in ("at", "actor", "mandate_id", "action", "subject", "purpose")}
    changes = {"n": [0, 0]}
    digest = rules.entry_digest(**values, changes=changes)
    tamper(
        "UPDATE audit_entry SET changes = %s, digest = %s WHERE id = %s", json.dumps(changes), digest, victim.pk
    )
    assert codes() == {("chain_broken", "seal:5")}


def test_a_chain_hashed_anew_from_there_lacks_the_key(chain):
    """The forger mends digest and every later hash, but cannot make the seals' macs."""
    victim = chain[4]
    values = {name: getattr(victim, name) for name in ("at", "actor", "mandate_id", "action", "subject", "purpose")}
    digest = rules.entry_digest(**values, changes={})
    tamper("UPDATE audit_entry SET changes = '{}', digest = %s WHERE id = %s", digest, victim.pk)
    previous = bytes(Seal.objects.get(position=4).hash)
    for seal in Seal.objects.filter(position__gte=5).order_by("position"):
        previous = rules.next_hash(previous, bytes(Entry.objects.get(pk=seal.entry_id).digest))
        guessed = rules.seal_mac(hashlib.sha256(b"guess").digest(), seal.position, previous)
        tamper("UPDATE audit_seal SET hash = %s, mac = %s WHERE position = %s", previous, guessed, seal.position)
    forged = {("seal_forged", f"seal:{n}") for n in range(5, COUNT + 1)}
    assert codes() == forged | {("tail_replaced", f"seal:{COUNT}")}


def test_a_removed_entry_is_found(chain):
    victim = chain[4]
    tamper("DELETE FROM audit_entry WHERE id = %s", victim.pk)
    assert ("entry_missing", f"entry:{victim.pk}") in codes()


def test_an_entry_removed_with_its_seal_is_found(chain):
    tamper("DELETE FROM audit_entry WHERE id = %s", chain[4].pk)
    tamper("DELETE FROM audit_seal WHERE position = 5")
    assert ("seal_missing", "seal:5") in codes()


def test_a_cut_tail_is_found_by_what_is_noted_outside(chain):
    tamper("DELETE FROM audit_seal WHERE position > 9")
    tamper("DELETE FROM audit_entry WHERE id >= %s", chain[9].pk)
    assert codes() == {("tail_missing", f"seal:{COUNT}")}


def test_a_tail_cut_and_written_anew_is_found(chain):
    """The same number of entries stands there again, sealed by our own sealer, but they are not the same."""
    tamper("DELETE FROM audit_seal WHERE position > 9")
    tamper("DELETE FROM audit_entry WHERE id >= %s", chain[9].pk)
    for n in range(5):
        actions.record(by=BY, at=NOW, action="test.instead", subject=f"thing:{n}")
    noted = queries.head_file().read_text()
    jobs.seal_new()  # the worker goes on, and must not cover it up
    assert queries.head_file().read_text() == noted
    assert codes() == {("tail_replaced", f"seal:{COUNT}")}


def test_an_emptied_trail_is_found(chain):
    tamper("DELETE FROM audit_seal")
    tamper("DELETE FROM audit_entry")
    assert codes() == {("tail_missing", f"seal:{COUNT}")}


def test_two_entries_that_changed_places_are_found(chain):
    one, other = chain[3].pk, chain[4].pk
    tamper("UPDATE audit_seal SET entry_id = 0 WHERE entry_id = %s", one)
    tamper("UPDATE audit_seal SET entry_id = %s WHERE entry_id = %s", one, other)
    tamper("UPDATE audit_seal SET entry_id = %s WHERE entry_id = 0", other)
    assert {("chain_broken", "seal:4"), ("chain_broken", "seal:5")} <= codes()


def test_an_entry_slipped_in_before_sealing_is_sealed_but_stays_visible(chain):
    """Nothing hides: an entry that somebody inserts by hand joins the chain at its end, with its own digest checked."""
    tamper(
        "INSERT INTO audit_entry (at, actor, action, subject, purpose, changes, digest) "
        "VALUES (%s, 'person:x', 'test.slip', 'thing:0', '', '{}', %s)",
        NOW,
        bytes(32),
    )
    slipped = Entry.objects.latest("id")
    assert ("entry_changed", f"entry:{slipped.pk}") in codes()


def test_late_commits_find_their_place(chain):
    """A number drawn early and committed late is sealed after those that were faster."""
    held = chain[2].pk
    tamper("DELETE FROM audit_seal")
    queries.head_file().unlink()
    row = Entry.objects.filter(pk=held).values().get()
    tamper("DELETE FROM audit_entry WHERE id = %s", held)
    actions.seal_entries(by=BY, at=NOW, everything=True)
    Entry(**row).save(force_insert=True)
    assert actions.seal_entries(by=BY, at=NOW) == 1
    assert Seal.objects.latest("position").entry_id == held
    assert verify().valid


# The triggers


@pytest.mark.parametrize("model", [Entry, Seal, Access, Link])
@pytest.mark.parametrize("act", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_tables_only_grow(chain, model, act):
    actions.log_access(by=BY, at=NOW, subjects=["person:1"], fields="name", purpose="test")
    actions.link(by=BY, at=NOW, source="a:1", relation="to", target="b:1")
    table, column = model._meta.db_table, model._meta.pk.column
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table, column))
    assert model.objects.exists()


def test_the_django_way_round_is_shut_too(chain):
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=chain[0].pk).update(actor="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        chain[0].delete()


def test_a_link_joins_once_and_is_found_from_both_ends(db):
    for _ in range(2):
        actions.link(by=BY, at=NOW, source="case:1", relation="leads_to", target="topic:1")
    assert [str(link) for link in queries.links_of("case:1")] == ["case:1 leads_to topic:1"]
    assert list(queries.links_of("topic:1")) == list(queries.links_of("case:1"))

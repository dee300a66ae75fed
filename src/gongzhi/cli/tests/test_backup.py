"""Backup and restore: every row and file compared, the erased stay erased, and a bad archive changes nothing."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gongzhi.cli.archive import MANIFEST, opened_archive
from gongzhi.cli.backing_up import back_up
from gongzhi.cli.digests import digest, fix_text_forms, is_empty, tables
from gongzhi.cli.dumping import with_database
from gongzhi.cli.instance import Instance
from gongzhi.cli.postgres.checks import connect
from gongzhi.cli.postgres.cluster import Cluster, running_cluster
from gongzhi.cli.postgres.folders import prepare_folder
from gongzhi.cli.restoring import Restoration
from gongzhi.cli.tests.programs import answered, gongzhi, open_folder
from gongzhi.common.errors import Refused
from gongzhi.common.progress import Silent

KEY = "INSERT INTO people_vaultkey (id, subject_kind, master_id, wrapped, created_at) VALUES (%s, %s, %s, %s, now())"
SEALED = "CREATE TABLE sealed (id int PRIMARY KEY, key_id uuid REFERENCES people_vaultkey, words text)"
KEPT, ERASED, GONE = (f"00000000-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))
WRITTEN_BY_COMMANDS = {"audit_entry", "audit_seal", "django_migrations"}


@dataclass(frozen=True)
class Server:
    """One cluster for this file, with a database that holds the product's tables, to be copied."""

    cluster: Cluster

    def database(self, name: str, template: str = "template0") -> str:
        with connect(self.cluster.url) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return with_database(self.cluster.url, name)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with open_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        with running_cluster(folder / "server", durable=False) as cluster:
            patch.delenv("DATABASE_URL", raising=False)
            found = Server(cluster)
            url = found.database("migrated")
            answered("migrate", "--data", folder / "migrated", DATABASE_URL=url)
            with connect(url) as connection:
                connection.execute(SEALED)
                for number, key in enumerate((KEPT, ERASED, GONE)):
                    connection.execute(KEY, [key, "person", "0001", b"wrapped"])
                    connection.execute("INSERT INTO sealed VALUES (%s, %s, %s)", [number, key, "张三\t\\N\n路灯"])
            yield found


@pytest.fixture
def instance(server: Server, folder: Path) -> Instance:
    """An instance with the product's tables, three keys, three sealed rows and two files."""
    prepare_folder(folder)
    (folder / "media" / "ab").mkdir()
    (folder / "media" / "ab" / "photo.bin").write_bytes(b"\x00sealed photo" * 5000)
    (folder / "keys" / "master-0001.key").write_bytes(b"k" * 32)
    return Instance(folder, server.database("instance", "migrated"))


@pytest.fixture
def other(server: Server, folder: Path) -> Instance:
    """Another machine: an empty folder, an empty database."""
    return Instance(prepare_folder(folder.parent / "other"), server.database("other"))


def archive_of(instance: Instance, *, with_keys: bool = False) -> Path:
    file = instance.folder.parent / "archive.tar"
    back_up(instance, file, with_keys=with_keys, progress=Silent())
    return file


def restore(file: Path, instance: Instance, *, force: bool = False) -> int:
    """How many subjects are unreadable afterwards."""
    with opened_archive(file) as (tar, manifest):
        restoration = Restoration(instance, tar, manifest, Silent())
        restoration.run(force=force)
    return restoration.unreadable


def contents(url: str) -> dict[str, str]:
    with connect(url) as connection:
        fix_text_forms(connection)
        return {name: digest(connection, name).sha256 for name in tables(connection)}


def keys_in(url: str) -> dict[str, bool]:
    """{key id: whether it is destroyed}"""
    with connect(url) as connection:
        rows = connection.execute("SELECT id::text, destroyed_at IS NOT NULL AND wrapped = '' FROM people_vaultkey")
        return dict(rows.fetchall())


def manifest_of(file: Path) -> dict[str, Any]:
    with opened_archive(file) as (_, manifest):
        return manifest


def rewritten(good: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The archive with each member's body passed through `change(name, body)`."""
    bad = good.with_suffix(".bad")
    with tarfile.open(good) as source, tarfile.open(bad, "w") as target:
        for member in source.getmembers():
            body = source.extractfile(member)
            changed = change(member.name, body.read() if body else b"")
            member.size = len(changed)
            target.addfile(member, io.BytesIO(changed))
    return bad


def refusal_of(file: Path, instance: Instance, *, force: bool = True) -> Refused:
    with pytest.raises(Refused) as refused:
        restore(file, instance, force=force)
    return refused.value


def test_the_commands_carry_everything_elsewhere(instance: Instance, other: Instance) -> None:
    file = instance.folder.parent / "all.tar"
    before = contents(instance.url)
    told = answered("backup", file, "--with-keys", "--data", instance.folder, DATABASE_URL=instance.url)
    assert told["rows"] > 6 and told["with_keys"] is True
    assert file.stat().st_mode & 0o777 == 0o600
    back = answered("restore", file, "--data", other.folder, DATABASE_URL=other.url)
    assert (back["unreadable"], back["rows"]) == (0, told["rows"])
    after = contents(other.url)
    assert {name for name in before if before[name] != after.get(name)} <= WRITTEN_BY_COMMANDS
    with connect(other.url) as connection, pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute("DELETE FROM people_vaultkey WHERE id = %s", [KEPT])
    assert answered("audit", "verify", "--data", other.folder, DATABASE_URL=other.url)["valid"]
    photo = (other.folder / "media" / "ab" / "photo.bin").read_bytes()
    assert hashlib.sha256(photo).hexdigest() == manifest_of(file)["media"]["ab/photo.bin"]
    assert (other.folder / "keys" / "master-0001.key").read_bytes() == b"k" * 32
    again = gongzhi("backup", file, "--data", instance.folder, "--json", DATABASE_URL=instance.url)
    assert (again.returncode, json.loads(again.stdout)["error"]) == (1, "file_exists")
    assert gongzhi("backup", "--data", instance.folder).returncode == 2


def test_without_keys_no_key_leaves_and_elsewhere_nothing_can_be_read(instance: Instance, other: Instance) -> None:
    file = archive_of(instance)
    with tarfile.open(file) as tar:
        assert not [name for name in tar.getnames() if name.startswith("keys")]
    assert "people_vaultkey" not in manifest_of(file)["tables"]
    assert b"k" * 32 not in file.read_bytes()
    assert restore(file, other) == 3
    assert keys_in(other.url) == dict.fromkeys((KEPT, ERASED, GONE), True)


@pytest.mark.parametrize("with_keys", [False, True])
def test_the_erased_stay_erased_after_a_restore(instance: Instance, with_keys: bool) -> None:
    file = archive_of(instance, with_keys=with_keys)
    with connect(instance.url) as connection:
        connection.execute(
            "UPDATE people_vaultkey SET wrapped = '', destroyed_at = now() WHERE id = %s", [ERASED]
        )
        connection.execute("INSERT INTO sealed VALUES (9, NULL, 'written after the backup')")
    (instance.folder / "media" / "later.bin").write_bytes(b"later")
    assert refusal_of(file, instance, force=False).code == "not_empty"
    assert restore(file, instance, force=True) == 0
    assert keys_in(instance.url) == {KEPT: False, ERASED: True, GONE: False}
    with connect(instance.url) as connection:
        assert connection.execute("SELECT count(*) FROM sealed").fetchone() == (3,)
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
    assert not [name for name in names if "restore" in name or "before" in name]
    assert not (instance.folder / "media" / "later.bin").exists()
    assert (instance.folder / "keys" / "master-0001.key").read_bytes() == b"k" * 32
    assert not list(instance.folder.glob(".restore-*"))


def test_a_bad_archive_changes_nothing(instance: Instance) -> None:
    file = archive_of(instance)
    before = contents(instance.url)

    def other_photo(name: str, body: bytes) -> bytes:
        return b"other" if name == "media/ab/photo.bin" else body

    def other_digest(name: str, body: bytes) -> bytes:
        if name != MANIFEST:
            return body
        manifest = json.loads(body)
        manifest["tables"]["sealed"]["sha256"] = "0" * 64
        return json.dumps(manifest).encode()

    def other_dump(name: str, body: bytes) -> bytes:
        return body[:-1] + b"?" if name == "database.dump" else body

    for change, names in ((other_photo, "media/ab/photo.bin"), (other_digest, "sealed"), (other_dump, "database.dump")):
        refused = refusal_of(rewritten(file, change), instance)
        assert (refused.code, refused.facts["names"]) == ("differs", names)

    def newer_server(name: str, body: bytes) -> bytes:
        return body.replace(b'"postgresql": 18', b'"postgresql": 99') if name == MANIFEST else body

    assert refusal_of(rewritten(file, newer_server), instance).code == "target_older"
    cut = file.with_suffix(".cut")
    cut.write_bytes(file.read_bytes()[:-20480])
    assert refusal_of(cut, instance).code == "not_an_archive"
    assert refusal_of(file.with_suffix(".none"), instance).code == "no_such_file"
    assert contents(instance.url) == before
    assert (instance.folder / "media" / "ab" / "photo.bin").exists()


def test_moving_to_a_server_copies_every_row_and_refuses_a_full_one(
    instance: Instance, server: Server
) -> None:
    url = server.database("elsewhere")
    told = answered("move-to-server", url, "--data", instance.folder, DATABASE_URL=instance.url)
    assert told["moved"] and told["rows"] > 6
    assert contents(url) == contents(instance.url)
    done = gongzhi("move-to-server", url, "--data", instance.folder, "--json", DATABASE_URL=instance.url)
    assert (done.returncode, json.loads(done.stdout)["error"]) == (1, "target_not_empty")


def test_digests_see_one_changed_letter_and_not_the_order(server: Server) -> None:
    with connect(server.database("digests")) as connection:
        fix_text_forms(connection)
        assert is_empty(connection)
        connection.execute("CREATE TABLE one AS SELECT n, 'x' || n AS t, now() AS at FROM generate_series(1, 50) n")
        connection.execute("CREATE TABLE two AS SELECT at, t, n FROM one ORDER BY n DESC")
        assert digest(connection, "one") == digest(connection, "two")
        assert digest(connection, "one").rows == 50
        connection.execute("UPDATE two SET t = 'x7 ' WHERE n = 7")
        assert digest(connection, "one") != digest(connection, "two")
        assert not is_empty(connection)

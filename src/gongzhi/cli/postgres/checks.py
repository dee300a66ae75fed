"""What a PostgreSQL given by DATABASE_URL must offer; each refusal says what to do."""

import datetime as dt

import psycopg

from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

LOWEST = 150000
_LARGEST_SKEW = dt.timedelta(minutes=2)

_FACTS = """
SELECT current_setting('server_version_num')::int,
       current_setting('server_encoding'),
       pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
       has_database_privilege(current_database(), 'CREATE'),
       current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE'),
       clock_timestamp(),
       EXISTS (SELECT FROM pg_timezone_names WHERE name = 'Asia/Shanghai'),
       current_user, current_database()
"""


def connect(url: str) -> psycopg.Connection:
    """A connection, autocommit; raises Refused `database_unreachable` with what libpq says, without the password."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise Refused(
            "database_unreachable",
            N_(
                "连不上 DATABASE_URL 的数据库：{reason} 请核对地址、端口、用户、密码和库名，并看它是否在运行。"
            ),
            reason=str(error).strip().splitlines()[-1],
        ) from error


def check_database(url: str) -> None:
    """Return silently when the database will do, else raise Refused."""
    with connect(url) as connection:
        row = connection.execute(_FACTS).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    version, encoding, read_only, may_create, may_create_tables, now, knows_china, user, database = row
    _check_server(version, encoding, read_only)
    if not (may_create and may_create_tables):
        raise Refused(
            "database_no_rights",
            N_("用户 {user} 在库 {database} 里不能建表。请运行：ALTER DATABASE {database} OWNER TO {user};"),
            user=user,
            database=database,
        )
    _check_time(now, knows_china)


def _check_server(version: int, encoding: str, read_only: bool) -> None:
    if version < LOWEST:
        raise Refused(
            "database_too_old",
            N_("数据库是 PostgreSQL {version}，要 15 以上。请升级，或不设 DATABASE_URL，用内嵌的数据库。"),
            version=version // 10000,
        )
    if encoding != "UTF8":
        raise Refused(
            "database_not_utf8",
            N_(
                "数据库的编码是 {encoding}，要 UTF8。"
                "请新建：CREATE DATABASE gongzhi ENCODING 'UTF8' TEMPLATE template0;"
            ),
            encoding=encoding,
        )
    if read_only:
        raise Refused("database_read_only", N_("数据库是只读的（备机？）。请把 DATABASE_URL 指向主机。"))


def _check_time(now: dt.datetime, knows_china: bool) -> None:
    if not knows_china:
        raise Refused(
            "database_without_timezones",
            N_("数据库不认得时区 Asia/Shanghai。请在数据库那台机器上安装 tzdata。"),
        )
    if abs(now - clock.now()) > _LARGEST_SKEW:
        raise Refused(
            "database_clock_differs",
            N_("数据库的钟是 {theirs}，这台机器是 {ours}。期限会算错。请先对时（NTP）。"),
            theirs=now.isoformat(timespec="seconds"),
            ours=clock.now().isoformat(timespec="seconds"),
        )

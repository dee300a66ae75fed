"""The vault's keys across a restore: an erased person stays erased, whatever an older archive holds.

An archive without keys holds no row of people_vaultkey, but its rows point to keys. They get the keys that the instance
has now; a key it does not have becomes a destroyed one, and what it sealed cannot be read.
"""

from collections.abc import Iterable

import psycopg
from psycopg import sql

from gongzhi.cli.digests import columns, tables
from gongzhi.cli.dumping import VAULT

_NOW = "keys_now"


def carry_over(old: psycopg.Connection, new: psycopg.Connection, *, with_keys: bool) -> None:
    """Bring the keys of the running database into the restored one, before its constraints are made.

    With keys in the archive, only what was destroyed since is destroyed again.
    """
    if VAULT not in tables(old) or VAULT not in tables(new):
        return
    shared = sorted(set(columns(old, VAULT)) & set(columns(new, VAULT)))
    names = sql.SQL(", ").join(map(sql.Identifier, shared))
    new.execute(f"CREATE TEMP TABLE {_NOW} (LIKE {VAULT})".encode())
    _copy(old, new, names)
    if with_keys:
        new.execute(
            f"UPDATE {VAULT} SET wrapped = '', destroyed_at = n.destroyed_at "  # noqa: S608 - constants
            f"FROM {_NOW} n WHERE n.id = {VAULT}.id AND n.destroyed_at IS NOT NULL".encode()
        )
    else:
        new.execute(
            sql.SQL("INSERT INTO {vault} ({names}) SELECT {names} FROM {now}").format(
                vault=sql.Identifier(VAULT), names=names, now=sql.Identifier(_NOW)
            )
        )


def _copy(old: psycopg.Connection, new: psycopg.Connection, names: sql.Composed) -> None:
    outward = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(VAULT), names)
    inward = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(_NOW), names)
    with old.cursor().copy(outward) as source, new.cursor().copy(inward) as target:
        for block in source:
            target.write(block)


def stand_in_for_missing(new: psycopg.Connection, references: Iterable[tuple[str, str]]) -> int:
    """A destroyed key for every reference without one; returns how many: so many subjects are unreadable."""
    if VAULT not in tables(new):
        return 0
    missing = 0
    for table, column in references:
        statement = sql.SQL(
            "INSERT INTO {vault} (id, subject_kind, master_id, wrapped, created_at, destroyed_at) "
            "SELECT DISTINCT t.{column}, 'unknown', '', ''::bytea, now(), now() FROM {table} t "
            "WHERE t.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {vault} v WHERE v.id = t.{column})"
        ).format(vault=sql.Identifier(VAULT), column=sql.Identifier(column), table=sql.SQL(table))
        missing += new.execute(statement).rowcount
    return missing

"""A migration operation that makes a table append-only, for everyone who reaches the database.

Lawful maintenance (retention, restore) sets `gongzhi.maintenance` for its own transaction and says so in the trail;
the hash chain of `audit` shows what anyone else did.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION gongzhi_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('gongzhi.maintenance', true), '') = '' THEN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class AppendOnly(migrations.RunSQL):
    """Refuse UPDATE, DELETE and TRUNCATE on `table`."""

    def __init__(self, table: str) -> None:
        self.table = table
        forward = (
            _FUNCTION
            + f"CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table} "
            + "FOR EACH ROW EXECUTE FUNCTION gongzhi_refuse_change();"
            + f"CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table} "
            + "FOR EACH STATEMENT EXECUTE FUNCTION gongzhi_refuse_change();"
        )
        back = f"DROP TRIGGER append_only_rows ON {table}; DROP TRIGGER append_only_table ON {table};"
        super().__init__(forward, back)

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return (self.__class__.__name__, [self.table], {})


@contextmanager
def maintenance(why: str) -> Iterator[None]:
    """Lawful maintenance inside the caller's transaction, which says in the trail what it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.maintenance', %s, true)", [why])
        yield
        cursor.execute("SELECT set_config('gongzhi.maintenance', '', true)")

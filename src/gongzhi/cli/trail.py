"""What the commands themselves write into the trail: a backup taken, an archive put back."""

from typing import Any

from gongzhi.common import clock
from gongzhi.common.access import system_actor


def note(action: str, subject: str, changes: dict[str, Any]) -> None:
    """One entry, if the trail has its table already."""
    from django.db import connection

    from gongzhi.audit.actions import record

    if "audit_entry" in connection.introspection.table_names():
        record(by=system_actor("cli"), at=clock.now(), action=action, subject=subject, changes=changes)


def begin_anew_after_restore() -> None:
    """The chain may be shorter than it was: its head is noted again, lawfully and with an entry of its own."""
    from gongzhi.audit import queries

    queries.head_file().unlink(missing_ok=True)

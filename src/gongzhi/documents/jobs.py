"""Nightly sweep of the media folder."""

import datetime as dt

from gongzhi.common.access import system_actor
from gongzhi.documents import actions


def sweep_orphans(now: dt.datetime) -> int:
    """Remove files that no row owns; how many went."""
    return actions.sweep_orphans(by=system_actor("sweep_media"), at=now)

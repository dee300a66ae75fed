"""Run by the worker once a day: what is over its time goes."""

import datetime as dt
import logging

from gongzhi.common.access import system_actor
from gongzhi.common.errors import NotFound
from gongzhi.privacy.actions.retention import forget_due

_LOG = logging.getLogger(__name__)


def forget_expired(at: dt.datetime) -> dict[str, int]:
    """Counts by rule; nothing where the pack with the numbers is not loaded."""
    try:
        done = forget_due(by=system_actor("retention"), at=at)
    except NotFound:
        return {}
    for code, count in done.items():
        _LOG.info("retention: %s of %s went", count, code)
    return done

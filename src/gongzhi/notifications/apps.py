"""Registers this room's receivers and what it holds about a person."""

import datetime as dt
import uuid

from django.apps import AppConfig

from gongzhi.common.access import system_actor


class NotificationsConfig(AppConfig):
    name = "gongzhi.notifications"

    def ready(self) -> None:
        from gongzhi.common.registry import register_holding
        from gongzhi.notifications import receivers  # noqa: F401 - registers itself
        from gongzhi.notifications.queries import export_notifications

        register_holding("notifications", export_for=export_notifications, erase_for=_erase)


def _erase(person_id: uuid.UUID, at: dt.datetime) -> None:
    from gongzhi.notifications.actions import erase_notifications

    erase_notifications(by=system_actor("erase"), at=at, person_id=person_id)

"""Listens to the room below that cannot call this one."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gongzhi.audit"

    def ready(self) -> None:
        from gongzhi.audit import jobs
        from gongzhi.audit.actions import record
        from gongzhi.common.registry import register_keeping
        from gongzhi.common.text import N_
        from gongzhi.packs import events

        def record_pack_change(change: events.PackChange) -> None:
            record(
                by=change.by,
                at=change.at,
                action=change.action,
                subject=change.subject,
                changes=change.changes,
            )

        events.on_change("audit", record_pack_change)
        register_keeping(
            "readings", title=N_("查看记录"), count=jobs.readings_over, forget=jobs.forget_readings
        )
        register_keeping(
            "request_keys", title=N_("请求凭据"), count=jobs.request_keys_over, forget=jobs.forget_request_keys
        )

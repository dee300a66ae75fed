"""Keeps the register beside the packs that describe it."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "gongzhi.privacy"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from gongzhi.common.registry import register_activities
        from gongzhi.packs.events import PackChange, on_change
        from gongzhi.privacy import receivers, shown  # noqa: F401 - register themselves
        from gongzhi.privacy.actions.register import adopt_shipped
        from gongzhi.privacy.models import ProcessingActivity
        from gongzhi.privacy.queries import SHIPPED, forget_activities, not_in_use

        register_activities(not_in_use)
        for written in (post_save, post_delete):
            written.connect(forget_activities, sender=ProcessingActivity, dispatch_uid="privacy.forget_activities")

        def adopt(change: PackChange) -> None:
            """A newer register that came with the product is entered at once."""
            if change.subject.startswith(f"pack:law/{SHIPPED}/"):
                from gongzhi.common.access import system_actor

                adopt_shipped(by=system_actor("register"), at=change.at)

        on_change("privacy.register", adopt)

"""Registers this room's receivers, who sees a duty's files, and how its rows move with posts, bodies and places."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "gongzhi.duties"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.duties import receivers, shown  # noqa: F401 - register themselves
        from gongzhi.duties.actions.erasing import erase_duties
        from gongzhi.duties.actions.handing_on import drop_open, hand_on_duties, hand_over_duties
        from gongzhi.duties.holding import export_duties
        from gongzhi.duties.models import OPEN, Duty
        from gongzhi.duties.shown import may_change_media, may_see_media
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding("duties", export_for=export_duties, erase_for=erase_duties)
        registry.register_handover("duties", hand_over_duties)
        running = Following("duties", lambda: Duty.objects.filter(OPEN), drop_open)
        register_following("duties", running)
        registry.register_succession("duties", hand_on_duties)
        viewer("duty")(may_see_media)
        editor("duty")(may_change_media)

"""Registers what this room holds about a person."""

from django.apps import AppConfig


class VolunteeringConfig(AppConfig):
    name = "gongzhi.volunteering"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.places.actions.following import Following, register_following
        from gongzhi.volunteering import linking
        from gongzhi.volunteering.actions import joining
        from gongzhi.volunteering.models import BackEntry

        registry.register_holding(
            "volunteering", export_for=joining.export_volunteering, erase_for=joining.erase_volunteering
        )
        linking.register()
        waiting = Following("back_entries", lambda: BackEntry.objects.filter(approved__isnull=True))
        register_following("volunteering", waiting)

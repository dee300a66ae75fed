"""Registers what this room holds about a person, its news, and meetings as evidence of duties."""

from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "gongzhi.gatherings"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.gatherings import linking, receivers, shown  # noqa: F401 - register themselves
        from gongzhi.gatherings.actions.erasing import erase_gatherings, export_gatherings
        from gongzhi.gatherings.models import Gathering, Topic
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding("gatherings", export_for=export_gatherings, erase_for=erase_gatherings)
        linking.register()
        coming = ("planned", "noticed", "open")
        register_following(
            "gatherings",
            Following("gatherings", lambda: Gathering.objects.filter(status__in=coming)),
            Following("topics", lambda: Topic.objects.all()),
        )

"""Registers what this room holds about a person, its news, and meetings as evidence of duties."""

from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "gongzhi.gatherings"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.gatherings import receivers, shown  # noqa: F401 - register themselves
        from gongzhi.gatherings.actions.erasing import carry_gatherings, erase_gatherings, export_gatherings

        registry.register_holding("gatherings", export_for=export_gatherings, erase_for=erase_gatherings)
        registry.register_carrier("gatherings", carry_gatherings)

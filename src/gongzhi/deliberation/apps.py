"""Registers what this room holds about a person, who sees its papers, and decisions as evidence of duties."""

from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "gongzhi.deliberation"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.deliberation import shown  # noqa: F401 - registers itself
        from gongzhi.deliberation.actions.erasing import carry_courses, erase_deliberation, export_deliberation

        registry.register_holding("deliberation", export_for=export_deliberation, erase_for=erase_deliberation)
        registry.register_carrier("deliberation", carry_courses)

"""Registers what this room holds about a person, who sees its papers, and decisions as evidence of duties."""

from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "gongzhi.deliberation"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.deliberation import shown  # noqa: F401 - registers itself
        from gongzhi.deliberation.actions.erasing import erase_deliberation, export_deliberation
        from gongzhi.deliberation.models import Course
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding("deliberation", export_for=export_deliberation, erase_for=erase_deliberation)
        register_following("deliberation", Following("courses", lambda: Course.objects.filter(status="running")))

"""Registers what this room holds about a person, who sees its papers, and how links and duties show it."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "gongzhi.projects"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.projects import (  # noqa: F401 - receivers and shown register themselves
            giving,
            imports_works,
            linking,
            receivers,
            seeing,
            shown,
            shown_works,
        )
        from gongzhi.projects.actions.keeping import carry_projects, erase_projects, export_projects, hand_on_projects

        linking.register()
        imports_works.register()
        shown_works.register()
        registry.register_holding("projects", export_for=export_projects, erase_for=erase_projects)
        registry.register_carrier("projects", carry_projects)
        registry.register_succession("projects", hand_on_projects)
        for kind in ("project", "milestone", "funding", "visit", "works"):
            viewer(kind)(seeing.may_see(kind))
            editor(kind)(seeing.may_cover(kind))

"""Registers what this room holds about a person, who sees its papers, and how links and duties show it."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "gongzhi.projects"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.places.actions.following import Following, register_following
        from gongzhi.projects import (  # noqa: F401 - receivers and shown register themselves
            giving,
            imports_works,
            linking,
            receivers,
            seeing,
            shown,
            shown_works,
        )
        from gongzhi.projects.actions.keeping import erase_projects, export_projects, hand_on_projects
        from gongzhi.projects.models import Problem, Project, WorksLine
        from gongzhi.projects.rules import OVER

        linking.register()
        imports_works.register()
        shown_works.register()
        registry.register_holding("projects", export_for=export_projects, erase_for=erase_projects)
        register_following(
            "projects",
            Following("projects", lambda: Project.objects.exclude(state__in=OVER)),
            Following("problems", lambda: Problem.objects.exclude(project__state__in=OVER)),
            Following("works", lambda: WorksLine.objects.all()),
        )
        registry.register_succession("projects", hand_on_projects)
        for kind in ("project", "milestone", "funding", "visit", "works"):
            viewer(kind)(seeing.may_see(kind))
            editor(kind)(seeing.may_cover(kind))
        viewer("bid")(seeing.sees_bid)
        editor("bid")(seeing.covers_bid)

"""Registers what this room holds about a person, who may see its pictures, and what a withdrawn consent ends."""

from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "gongzhi.publications"

    def ready(self) -> None:
        from gongzhi.common.registry import register_holding, register_withdrawal
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.places.actions.following import Following, register_following
        from gongzhi.publications import shown  # noqa: F401 - registers itself
        from gongzhi.publications.actions.erasing import erase_publications, export_publications, take_down_named
        from gongzhi.publications.models import Publication
        from gongzhi.publications.queries import may_see_correction, may_see_evidence, may_see_media

        register_holding("publications", export_for=export_publications, erase_for=erase_publications)
        public = ("draft", "statement", "review", "released")
        register_following(
            "publications", Following("publications", lambda: Publication.objects.filter(state__in=public))
        )
        register_withdrawal("publications", take_down_named)
        viewer("publication")(may_see_media)
        viewer("publication-evidence")(may_see_evidence)
        viewer("publication-correction")(may_see_correction)
        editor("publication-correction")(may_see_correction)

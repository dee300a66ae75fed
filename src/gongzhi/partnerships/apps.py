"""Registers what this room holds about a person, who sees its papers, and how links show it."""

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "gongzhi.partnerships"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.partnerships import linking, receivers, seeing, shown, taking  # noqa: F401 - these register themselves
        from gongzhi.partnerships.actions import keeping
        from gongzhi.partnerships.actions.keeping import OPEN
        from gongzhi.partnerships.models import Agreement
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding(
            "partnerships", export_for=keeping.export_partnerships, erase_for=keeping.erase_partnerships
        )
        register_following("partnerships", Following("agreements", lambda: Agreement.objects.filter(state__in=OPEN)))
        registry.register_succession("partnerships", keeping.hand_on_parties)
        linking.register()
        viewer("agreement")(seeing.may_see_agreement)
        viewer("agreement_event")(seeing.may_see_event)
        editor("agreement_event")(seeing.may_cover)

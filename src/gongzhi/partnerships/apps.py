"""Registers what this room holds about a person, who sees its papers, and how links show it."""

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "gongzhi.partnerships"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.partnerships import linking, receivers, seeing, shown  # noqa: F401 - both register themselves
        from gongzhi.partnerships.actions import keeping

        registry.register_holding(
            "partnerships", export_for=keeping.export_partnerships, erase_for=keeping.erase_partnerships
        )
        registry.register_carrier("partnerships", keeping.carry_agreements)
        registry.register_succession("partnerships", keeping.hand_on_parties)
        linking.register()
        viewer("agreement")(seeing.may_see_agreement)
        viewer("agreement_event")(seeing.may_see_event)
        editor("agreement_event")(seeing.may_cover)

"""Registers this room's receivers, who may see a case's photos, and what it holds about a person."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "gongzhi.cases"

    def ready(self) -> None:
        from gongzhi.cases import evidence, receivers, receivers_after_hours, receivers_joint, sheets_hotline  # noqa: F401 - register themselves
        from gongzhi.cases.actions.calendar import replan_after
        from gongzhi.cases.actions.carrying import carry_cases, carry_cases_back, hand_on_cases
        from gongzhi.cases.actions.erasing import contacts_over, erase_cases, export_cases, forget_contacts
        from gongzhi.cases.actions.handing_over import hand_over_orders
        from gongzhi.cases.queries import lineage, participation
        from gongzhi.cases.queries.reading import may_see_media
        from gongzhi.common.registry import (
            register_carrier,
            register_handover,
            register_holding,
            register_keeping,
            register_succession,
        )
        from gongzhi.common.text import N_
        from gongzhi.documents.registry import viewer
        from gongzhi.packs.events import on_change

        register_holding("cases", export_for=export_cases, erase_for=erase_cases)
        register_keeping(
            "contacts",
            title=N_("办结后的联系方式（事情留着，不再连着人）"),
            count=contacts_over,
            forget=forget_contacts,
        )
        register_handover("cases", hand_over_orders)
        register_carrier("cases", carry_cases, carry_cases_back)
        register_succession("cases", hand_on_cases)
        viewer("case")(may_see_media)
        on_change("cases.replan", replan_after)
        sheets_hotline.register()
        lineage.register()
        participation.register()

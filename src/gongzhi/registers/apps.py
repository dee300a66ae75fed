"""Registers what this room holds about a person, its workbooks, and who may see its papers."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "gongzhi.registers"

    def ready(self) -> None:
        from gongzhi.common.registry import (
            register_electorate,
            register_holding,
            register_keeping,
            register_purposes,
            register_withdrawal,
        )
        from gongzhi.common.text import N_
        from gongzhi.documents.registry import viewer
        from gongzhi.registers import sheets_areas, sheets_tenures
        from gongzhi.registers.actions.deleting import end_consented, erase_facts, export_facts
        from gongzhi.registers.actions.forgetting import erase_tenures, export_tenures, forget_tenures, tenures_over
        from gongzhi.registers.queries import participation
        from gongzhi.registers.queries.electorates import owners_of, representatives_of, residents_of
        from gongzhi.registers.queries.forms import consent_of
        from gongzhi.registers.queries.tenures import may_see_papers

        register_holding("registers-tenure", export_for=export_tenures, erase_for=erase_tenures)
        register_holding("registers-facts", export_for=export_facts, erase_for=erase_facts)
        register_electorate("owners", owners_of)
        register_electorate("households", representatives_of)
        register_electorate("residents", residents_of)
        title = N_("搬走、过户的人是谁（户数、份额和日期留着）")
        register_keeping("tenures", title=title, count=tenures_over, forget=forget_tenures)
        register_purposes("registers", consent_of)
        register_withdrawal("registers", end_consented)
        viewer("tenure")(may_see_papers)
        sheets_tenures.register()
        sheets_areas.register()
        participation.register()

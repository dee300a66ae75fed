"""Registers what this room holds about a person, who sees its papers, and how links show it."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "gongzhi.ledger"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import editor, viewer
        from gongzhi.ledger import linking, receivers, seeing, shown  # noqa: F401 - receivers and shown register themselves
        from gongzhi.ledger.actions.keeping import erase_ledger, export_ledger, hand_on_funds
        from gongzhi.ledger.models import Fund
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding("ledger", export_for=export_ledger, erase_for=erase_ledger)
        register_following("ledger", Following("funds", lambda: Fund.objects.filter(closed_on=None)))
        registry.register_succession("ledger", hand_on_funds)
        linking.register()
        viewer("entry")(seeing.may_see_entry)
        viewer("entry-public")(seeing.may_see_shown)
        editor("entry")(seeing.may_cover)

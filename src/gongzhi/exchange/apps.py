"""Registers what this room holds about a person, who sees its papers, and how links show it."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gongzhi.exchange"

    def ready(self) -> None:
        from gongzhi.common import registry
        from gongzhi.documents.registry import viewer
        from gongzhi.exchange import imports_offers, linking, receivers, seeing, shown  # noqa: F401 - these register themselves
        from gongzhi.exchange.actions import keeping
        from gongzhi.exchange.models import LIVE, Claim, Need, Offer, Wish
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding(
            "exchange", export_for=keeping.export_exchange, erase_for=keeping.erase_exchange
        )
        open_needs = (Wish.ASKED, Wish.OPEN, Wish.TAKEN)
        register_following(
            "exchange",
            Following("offers", lambda: Offer.objects.filter(standing__in=keeping.OPEN_OFFERS)),
            Following("needs", lambda: Need.objects.filter(status__in=open_needs)),
            Following("claims", lambda: Claim.objects.filter(state__in=LIVE)),
        )
        registry.register_succession("exchange", keeping.hand_on_offers)
        linking.register()
        imports_offers.register()
        viewer("fulfilment")(seeing.may_see_step)

"""Registers what this room holds about a person, and its news."""

from django.apps import AppConfig
from django.db.models import Q


class BallotsConfig(AppConfig):
    name = "gongzhi.ballots"

    def ready(self) -> None:
        from gongzhi.ballots import receivers, sheets_voters, shown, turnout  # noqa: F401 - register themselves
        from gongzhi.ballots.actions.erasing import RUNNING, erase_ballots, export_ballots
        from gongzhi.ballots.models import Roll, Vote
        from gongzhi.common import registry
        from gongzhi.places.actions.following import Following, register_following

        registry.register_holding("ballots", export_for=export_ballots, erase_for=erase_ballots)
        free = Q(votes=None, replaced_by=None)  # a roll that is nobody's yet
        register_following(
            "ballots",
            Following("votes", lambda: Vote.objects.filter(status__in=RUNNING)),
            Following("rolls", lambda: Roll.objects.filter(free | Q(votes__status__in=RUNNING))),
        )
        turnout.register()
        sheets_voters.register()

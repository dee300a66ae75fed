"""Registers what this room holds about a person, and its news."""

from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "gongzhi.ballots"

    def ready(self) -> None:
        from gongzhi.ballots import receivers, sheets_voters, shown, turnout  # noqa: F401 - register themselves
        from gongzhi.ballots.actions.erasing import carry_votes, erase_ballots, export_ballots
        from gongzhi.common import registry

        registry.register_holding("ballots", export_for=export_ballots, erase_for=erase_ballots)
        registry.register_carrier("ballots", carry_votes)
        turnout.register()
        sheets_voters.register()

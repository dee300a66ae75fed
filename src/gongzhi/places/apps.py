"""Registers the workbooks that this room takes in."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gongzhi.places"

    def ready(self) -> None:
        from gongzhi.places import sheets, sheets_boundaries

        sheets.register()
        sheets_boundaries.register()

"""Registers what can be counted below this room, the workbooks it takes in, and that it holds nothing of persons."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "gongzhi.sheets"

    def ready(self) -> None:
        from gongzhi.sheets import imports_figures, imports_premises, sources_people, sources_places

        sources_people.register()
        sources_places.register()
        imports_figures.register()
        imports_premises.register()

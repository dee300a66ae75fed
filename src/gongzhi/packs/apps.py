"""Registers the workbooks of the duty list and of categories."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "gongzhi.packs"
    verbose_name = "模式包"

    def ready(self) -> None:
        from gongzhi.packs import category_sheets, duty_sheets

        duty_sheets.register()
        category_sheets.register()

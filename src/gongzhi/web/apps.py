"""The shell as a Django app; forms of every room say what to do in our words."""

from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "gongzhi.web"

    def ready(self) -> None:
        Field.default_error_messages["required"] = _("这一项要填。")

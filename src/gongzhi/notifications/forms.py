"""What an administrator fills in for a webhook."""

import re

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_TOPIC = re.compile(r"^(\*|[a-z_]{1,40}\.[a-z_]{1,40})$")
MOST = 40


class WebhookForm(forms.Form):
    """Where to, and of what; the signing secret is made here, never typed."""

    url = forms.CharField(
        label=_("推送到哪个网址"),
        help_text=_("对方系统收消息的网址，以 https:// 开头。"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("还没写网址。")},
    )
    topics = forms.CharField(
        label=_("推送哪些事"),
        help_text=_("* 是全部。只要几种就写它们的代码，用逗号隔开，如 case.report, case.close。"),
        initial="*",
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("还没写推送哪些事。全部就写 *。")},
    )

    def clean_topics(self) -> list[str]:
        found = dict.fromkeys(filter(None, re.split(r"[,，、\s]+", self.cleaned_data["topics"])))
        wrong = [one for one in found if not _TOPIC.match(one)]
        if wrong or not found:
            words = gettext("“{topic}”不是事件的代码。写成 case.report 这样，全部就写 *。")
            raise forms.ValidationError(words.format(topic=wrong[0] if wrong else ""))
        return ["*"] if "*" in found else list(found)[:MOST]

"""What staff fill in when several things are said at once: a talk with its items, a chat group's export."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import rules
from gongzhi.cases.actions.gathering_in import Item
from gongzhi.common.form_fields import day_field

ITEMS = 6
LARGEST = 1 << 20


class TalkForm(forms.Form):
    """A talk: where, when, and up to six things; each its words, who said it, and what was done there and then."""

    place = forms.ChoiceField(label=_("在哪里谈的"), error_messages={"required": _("还没选在哪里谈的。")})
    on = day_field(_("哪天"), missing=_("还没写哪天。"))

    def __init__(self, *given: Any, places: Sequence[tuple[str, str]], today: dt.date, **more: Any) -> None:
        super().__init__(*given, **more)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - declared so above
        place.choices = [("", gettext("请选")), *places]
        self.fields["on"].initial = today
        for n in range(1, ITEMS + 1):
            self._add_item(n)

    def _add_item(self, n: int) -> None:
        area = forms.Textarea(attrs={"rows": 2})
        self.fields[f"text{n}"] = forms.CharField(
            label=gettext("第 {n} 件：说了什么").format(n=n),
            required=False,
            min_length=rules.TEXT_LIMITS[0],
            max_length=rules.TEXT_LIMITS[1],
            widget=area,
        )
        self.fields[f"name{n}"] = forms.CharField(label=gettext("谁说的"), required=False, max_length=40)
        self.fields[f"phone{n}"] = forms.CharField(label=gettext("电话"), required=False, max_length=20)
        self.fields[f"settled{n}"] = forms.CharField(
            label=gettext("当场怎么解决的"), help_text=gettext("没有当场解决就空着。"), required=False, max_length=500
        )

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each item, for the template."""
        return [[self[f"{name}{n}"] for name in ("text", "name", "phone", "settled")] for n in range(1, ITEMS + 1)]

    def items(self) -> list[Item]:
        given = self.cleaned_data
        return [
            Item(given[f"text{n}"], "", given[f"name{n}"], given[f"phone{n}"], given[f"settled{n}"])
            for n in range(1, ITEMS + 1)
            if given.get(f"text{n}")
        ]


class ChatForm(forms.Form):
    """A chat's export, pasted or as a text file, and the place that the group belongs to."""

    place = forms.ChoiceField(label=_("哪个地方的群"), error_messages={"required": _("还没选是哪个地方的群。")})
    text = forms.CharField(
        label=_("把聊天记录粘贴在这里"),
        help_text=_("从微信里选中、复制，整段粘进来。名字只给办事的人看。"),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "data-no-draft": True}),
    )
    file = forms.FileField(label=_("或选一个 .txt 文件"), required=False)

    def __init__(self, *given: Any, places: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - declared so above
        place.choices = [("", gettext("请选")), *places]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (file := cleaned.get("file")) is not None:
            cleaned["text"] = _decoded(file.read(LARGEST))
        if not (cleaned.get("text") or "").strip():
            self.add_error("text", gettext("还没有聊天记录。粘贴一段，或选一个文件。"))
        return cleaned

    def keep(self, text: str) -> None:
        """Show the words that were read from a file in the box, so that the next press sends them again."""
        self.data = {"place": self.data.get("place", ""), "text": text}


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")

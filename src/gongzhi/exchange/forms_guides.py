"""Forms of matters: an application with its papers, what is missing, what is brought later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import set_choices, text_field
from gongzhi.duties.forms import FilesField, FilesInput
from gongzhi.exchange import rules
from gongzhi.exchange.forms import TakeForm
from gongzhi.packs.sharing_contents import Material


class ApplyForm(TakeForm):
    """An application: a line on the matter, and its papers."""

    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("材料"),
        help_text=gettext_lazy("拍清楚就行，照片、PDF 都可以。只有办的单位看得到。"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )


class SupplementForm(forms.Form):
    """Everything that is missing, at once."""

    missing = forms.MultipleChoiceField(
        label=gettext_lazy("差哪几样"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = text_field(
        gettext_lazy("别的要补的"),
        rules.LONGEST_NOTE,
        required=False,
        help_text=gettext_lazy("只能告知这一次，请一次说全。不写号码和门牌。"),
    )

    def __init__(self, *args: Any, materials: Sequence[Material], **more: Any) -> None:
        super().__init__(*args, **more)
        if materials:
            set_choices(self, "missing", [(one.name, one.name) for one in materials])
        else:
            del self.fields["missing"]


class SupplyForm(forms.Form):
    """What was missing."""

    note = text_field(gettext_lazy("要说明的"), rules.LONGEST_NOTE, required=False)
    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("补的材料"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )

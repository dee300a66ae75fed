"""What shows that it was done; why it need not be; a month to look at."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.duties.actions.fulfilling import MOST_FILES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class FilesInput(forms.ClearableFileInput):
    """Several at once, taken or chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some uploads; `documents` looks at what they really are."""

    def clean(self, value: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = [one for one in (value if isinstance(value, (list, tuple)) else [value]) if one]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("一次最多传 {most} 个文件。").format(most=MOST_FILES))
        return [super(FilesField, self).clean(one, initial) for one in given]


class FulfilForm(forms.Form):
    """Photos and papers, or the number of what was done elsewhere."""

    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("照片或文件"),
        help_text=gettext_lazy("会议记录、签到表、报告：照片、PDF、Word、Excel 都行。别拍到不相干的人脸。"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("或者填编号"),
        help_text=gettext_lazy("已经在别处办了的，填那边的编号，比如诉求编号。"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("补一句"),
        help_text=gettext_lazy("可以不写。不要写居民的姓名和电话。"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_reference(self) -> str:
        """A bare number is a case's."""
        given = str(self.cleaned_data["reference"]).strip()
        return given if ":" in given or not given else f"case:{given}"


class ReasonForm(forms.Form):
    """Why it need not be done, or why what was shown does not show it."""

    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )


def month_of(given: str, today: dt.date) -> dt.date:
    """The first day of the month that an address names; today's for anything that is none."""
    try:
        found = dt.date.fromisoformat(f"{given}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year < 2100 else today.replace(day=1)

"""Forms for posts that a resolution ends or begins. Nothing is preselected; no name of whom it ends is typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import day_field
from gongzhi.deliberation.actions.posts import Chosen
from gongzhi.deliberation.forms import choice


class EndForm(forms.Form):
    """Who takes the open work of the post on."""

    handed_to = forms.ChoiceField(
        label=gettext_lazy("手上没办完的事交给谁"),
        required=False,
        help_text=gettext_lazy("不选的，退回去重新分。"),
    )

    def __init__(self, *args: Any, heirs: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["handed_to"].choices = [("", _("请选")), *heirs]  # type: ignore[attr-defined]  # a choice field's


class BeginForm(forms.Form):
    """Somebody who was chosen: reached by telephone or mail, named in the vault only."""

    contact = forms.CharField(
        label=gettext_lazy("手机号或邮箱"),
        max_length=254,
        error_messages={"required": gettext_lazy("请写选上的人的手机号或邮箱。")},
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("已有账号的不用写。姓名加密存放，决议上不写。"),
    )

    def __init__(
        self,
        *args: Any,
        posts: list[tuple[str, str]],
        elected: list[tuple[str, str]],
        ends: bool,
        needs_end: bool,
        **options: Any,
    ) -> None:
        """`posts`: where the course does not say which; `elected`: who was, in a vote; `ends`: the last day is asked.

        Where people were elected here, one of them is chosen and nobody is typed.
        """
        super().__init__(*args, **options)
        if elected:
            del self.fields["contact"], self.fields["name"]
            self.fields["person"] = choice(_("选上的是谁"), elected, _("请从选上的人里选。没有选上的，不能任职。"))
        if posts:
            self.fields["post"] = choice(_("哪个岗位"), posts, _("请从列表里选是哪个岗位。"))
        if ends:
            self.fields["until"] = day_field(
                _("任期到哪一天（这一天起不再任职）"),
                required=needs_end,
                help_text="" if needs_end else _("没有期限的空着。"),
                missing=_("补选的任期到本届届满。请写本届到哪一天。"),
            )

    def chosen(self) -> Chosen:
        said = self.cleaned_data
        who = {name: said.get(name, "") for name in ("contact", "name", "person", "post")}
        return Chosen(**who, until=said.get("until"))

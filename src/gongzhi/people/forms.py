"""What people's pages ask for: signing in, one's own account, organizations and appointments."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext, gettext_lazy

from gongzhi.common.form_fields import day_field
from gongzhi.people.models import Entry

# Typed by hand to close an account, in the language of the page.
ERASE_WORDS = ("注销", "delete")


class ContactForm(forms.Form):
    """Where the code goes."""

    contact = forms.CharField(
        label=gettext_lazy("手机号或邮箱"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请写手机号或邮箱，验证码发到那里。")},
    )


def _six_digits(label: Any, wrong: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": wrong},
    )


class CodeForm(forms.Form):
    """The code that was sent."""

    code = _six_digits(gettext_lazy("6 位验证码"), gettext_lazy("请写收到的 6 位数字。"))


class StepForm(forms.Form):
    """The six digits that the telephone shows now."""

    code = _six_digits(gettext_lazy("动态口令"), gettext_lazy("请写手机上现在的 6 位数字。"))


class PasswordForm(ContactForm):
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, with the old one where there is one."""

    old = forms.CharField(
        label=gettext_lazy("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("至少 10 个字，别只用数字。一句自己记得住的话最好。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person
        if not person.has_usable_password():
            del self.fields["old"]

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.person.check_password(old):
            raise forms.ValidationError(gettext("现在的密码不对。忘了的话，用验证码登录后找管理员。"))
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new)
        return new


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("怎么称呼您"),
        max_length=60,
        help_text=gettext_lazy("办事的人联系您时用。公开页上不写名字。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class EraseForm(forms.Form):
    """Typing the word is the confirmation; nothing is ticked beforehand."""

    word = forms.CharField(
        label=gettext_lazy("请写“注销”两个字"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("要注销，请写“注销”两个字。不想注销，直接离开这一页。")},
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip()
        if word.lower() not in ERASE_WORDS:
            raise forms.ValidationError(gettext("写的不是“注销”两个字。账号还在。"))
        return word


class AppointForm(forms.Form):
    """Somebody by their telephone or mail, a post, a decision; a substitute until a day."""

    contact = forms.CharField(
        label=gettext_lazy("任命谁：手机号或邮箱"),
        max_length=254,
        help_text=gettext_lazy("还没有账号的，会用这个号码建一个；本人第一次登录时绑定动态口令。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("没有账号时才用到。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    decision = forms.CharField(
        label=gettext_lazy("依据哪个决定"), max_length=120, help_text=gettext_lazy("例如 街党工委〔2026〕12号。")
    )
    entry = forms.ChoiceField(
        label=gettext_lazy("怎么上任的"),
        required=False,
        choices=[("", gettext_lazy("不清楚，先不写")), *((one.value, gettext_lazy(one.label)) for one in Entry)],
        help_text=gettext_lazy("人员调整的报表按这里数招聘了几位，不看文号。"),
    )
    despite = forms.CharField(
        label=gettext_lazy("不宜兼任时，为什么还要任命"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("系统提醒两个岗位不宜由一人兼任时才用填。"),
    )
    valid_from = day_field(gettext_lazy("从哪天起"))
    valid_to = day_field(gettext_lazy("到哪天为止"), required=False, help_text=gettext_lazy("这一天起不再任职。"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("valid_from"), found.get("valid_to")
        if first and last and last <= first:
            self.add_error("valid_to", gettext("结束日期要晚于开始日期。"))
        return found


class SubstituteForm(AppointForm):
    """Standing in for a holder needs a last day."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["valid_to"].required = True


class EndMandateForm(forms.Form):
    """The last day and who takes the open work on."""

    on = day_field(gettext_lazy("从哪天起不再任职"))
    handed_to = forms.TypedChoiceField(
        label=gettext_lazy("没办完的交给谁"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, heirs: list[tuple[int, str]], today: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        choices = [("", gettext("没有人接，退回分拨")), *heirs]
        self.fields["handed_to"].choices = choices  # type: ignore[attr-defined]  # declared a choice field above

    def clean_on(self) -> dt.date:
        """The work moves when the form is sent, so the day cannot lie far ahead."""
        on: dt.date = self.cleaned_data["on"]
        if on > self.today + dt.timedelta(days=1):
            raise forms.ValidationError(gettext("最早前一天办。到日子再来，没办完的事当场交接。"))
        return on


class OrganizationForm(forms.Form):
    """A new body; its kind comes from the model."""

    code = forms.SlugField(label=gettext_lazy("代码"), max_length=60, help_text=gettext_lazy("字母、数字和短横。"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    parent = forms.CharField(label=gettext_lazy("上级组织的代码"), max_length=60, required=False)
    place = forms.CharField(label=gettext_lazy("在哪个地点（代码）"), max_length=64)
    valid_to = day_field(
        gettext_lazy("到哪天为止"),
        required=False,
        help_text=gettext_lazy("专班、临时机构才填：从这一天起不再派单给它。长期的不填。"),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [("", gettext("请选一个")), *kinds]  # type: ignore[attr-defined]  # declared a choice field above


class PostForm(forms.Form):
    """A new post in a body: what its holder may do comes from the role, what an expert knows from the profession."""

    code = forms.SlugField(label=gettext_lazy("岗位代码"), max_length=80, help_text=gettext_lazy("字母、数字和短横。"))
    title = forms.CharField(label=gettext_lazy("岗位名称"), max_length=60)
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), help_text=gettext_lazy("决定能做什么。专家、委员、商户代表选“委员”。")
    )
    profession = forms.ChoiceField(
        label=gettext_lazy("专业"), required=False, help_text=gettext_lazy("专家智库的岗位才选。")
    )
    place = forms.CharField(label=gettext_lazy("管哪里（地点代码）"), max_length=64)
    seats = forms.IntegerField(label=gettext_lazy("名额"), min_value=1, max_value=1000)
    eligibility = forms.CharField(
        label=gettext_lazy("任职条件"), max_length=120, required=False, help_text=gettext_lazy("任命时会显示。")
    )

    def __init__(
        self, *args: Any, roles: list[tuple[str, str]], professions: list[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        choices = [("", gettext("请选一个")), *roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]  # declared a choice field above
        if professions:
            known = [("", gettext("没有")), *professions]
            self.fields["profession"].choices = known  # type: ignore[attr-defined]  # declared a choice field above
        else:
            del self.fields["profession"]


class ChangeOrganizationForm(forms.Form):
    """A new name or parent from a day on; what was before stays true for its time."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    parent = forms.CharField(label=gettext_lazy("上级组织的代码"), max_length=60, required=False)
    on = day_field(gettext_lazy("从哪天起"))


class EndOrganizationForm(forms.Form):
    """From which day a body is no more."""

    on = day_field(gettext_lazy("从哪天起"))


class MergeOrganizationForm(EndOrganizationForm):
    """Which body takes everything over."""

    field_order = ["into", "on"]
    into = forms.CharField(label=gettext_lazy("并入哪个组织（代码）"), max_length=60)


class RelationForm(forms.Form):
    """How this body stands to another one."""

    kind = forms.ChoiceField(label=gettext_lazy("什么关系"))
    target = forms.CharField(label=gettext_lazy("和哪个组织（代码）"), max_length=60)

    def __init__(self, *args: Any, kinds: tuple[str, ...], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", gettext("请选一个")), *((kind, kind) for kind in kinds)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has choices


class TokenForm(forms.Form):
    """A token of one's own."""

    purpose = forms.CharField(
        label=gettext_lazy("给哪个程序用"),
        max_length=40,
        help_text=gettext_lazy("写个自己认得的名字，比如“家里的电脑”。"),
        error_messages={"required": gettext_lazy("请写这个令牌给哪个程序用。")},
    )

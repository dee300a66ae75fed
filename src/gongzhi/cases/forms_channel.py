"""The questions of a channel's form (pack data) on the report page: shown, checked, and kept with the words."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from gongzhi.cases import rules
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.contents import Field, FormPack
from gongzhi.packs.model_contents import Channel

PREFIX = "f_"
# What the page asks in its own steps already.
OF_THE_PAGE = ("place", "photo")
YES = "yes"


def _choices(field: Field) -> list[tuple[str, str]]:
    return [("", gettext("请选一个")), *((one, one) for one in field.options)]


def _control(field: Field) -> forms.Field:
    shared: dict[str, Any] = {"label": field.label, "help_text": field.why, "required": field.required}
    shared["error_messages"] = {"required": gettext("还没写“{label}”。").format(label=field.label)}
    if field.kind == "choice":
        return forms.ChoiceField(choices=_choices(field), **shared)
    if field.kind == "yes_no":
        answers = [("", gettext("请选一个")), (YES, gettext("是")), ("no", gettext("不是"))]
        return forms.ChoiceField(choices=answers, **shared)
    if field.kind == "number":
        return forms.IntegerField(**shared)
    if field.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **shared)
    if field.kind == "long_text":
        return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **shared)
    return forms.CharField(max_length=200, **shared)


def _main(pack: FormPack) -> Field | None:
    """The question that the page's own text box asks: the form's first long one."""
    return next((field for field in pack.fields if field.kind == "long_text"), None)


def _extra(pack: FormPack) -> list[Field]:
    main = _main(pack)
    return [field for field in pack.fields if field.kind not in OF_THE_PAGE and field is not main]


def add_questions(form: forms.Form, pack: FormPack) -> list[str]:
    """Put the form's questions on the page; returns their names. The text box takes the words of its first long one."""
    text, main = form.fields["text"], _main(pack)
    if main:
        text.label, text.help_text, text.required = main.label, main.why, main.required
    extra = _extra(pack)
    for field in extra:
        form.fields[PREFIX + field.code] = _control(field)
    return [PREFIX + field.code for field in extra]


def check_steps(form: forms.Form, cleaned: dict[str, Any], pack: FormPack) -> None:
    """Place and photo, where the form wants them; a text where only choices were made."""
    wanted = {field.kind: field for field in pack.fields if field.required and field.kind in OF_THE_PAGE}
    somewhere = cleaned.get("place") or cleaned.get("lat") is not None or (cleaned.get("detail") or "").strip()
    if "place" in wanted and not somewhere:
        form.add_error("place", gettext("还没写在哪里。选一个地方，或写具体位置。"))
    if "photo" in wanted and not cleaned.get("photos"):
        form.add_error("photos", gettext("还没有照片。请拍一张，避开人脸和车牌。"))
    if not cleaned.get("text"):
        said = "；".join(one["value"] for one in answers_given(cleaned, pack) if one["kind"] == "choice")
        cleaned["text"] = said if len(said) >= rules.TEXT_LIMITS[0] else pack.title


def questions_of(channel: Channel | None, at: dt.datetime) -> FormPack | None:
    """The form of a channel; None where it has none or the instance has not loaded it."""
    if channel is None or not channel.form:
        return None
    try:
        return packs.form(channel.form, local_date(at))
    except NotFound:
        return None


def checked_answers(given: Mapping[str, Any], pack: FormPack | None) -> tuple[list[dict[str, str]], str]:
    """(answers as they are kept, category they stand for) of a sender without a page; `given` by the fields' codes.

    Raises Refused `no_questions`, `unknown_answer`, `bad_answer`: the first that is wrong, with its field.
    """
    if pack is None:
        raise Refused("no_questions", N_("这个渠道没有要填的问题。请去掉 answers，或换一个渠道。"), field="answers")
    asked = {field.code: field for field in _extra(pack)}
    if unknown := next((code for code in given if code not in asked), ""):
        raise Refused("unknown_answer", N_("表单里没有“{given}”这一项。"), given=unknown, field="answers")
    form = forms.Form({PREFIX + code: value for code, value in given.items()})
    form.fields.update({PREFIX + code: _control(field) for code, field in asked.items()})
    for name, errors in form.errors.items():
        field = asked[name.removeprefix(PREFIX)]
        facts = {"label": field.label, "why": str(errors[0]), "field": f"answers.{field.code}"}
        raise Refused("bad_answer", N_("“{label}”没填对：{why}"), **facts)
    return answers_given(form.cleaned_data, pack), category_given(form.cleaned_data, pack)


def answers_given(cleaned: dict[str, Any], pack: FormPack) -> list[dict[str, str]]:
    """{code, label, kind, value} of every question answered, in the words the reporter saw."""
    found = []
    for field in _extra(pack):
        given = cleaned.get(PREFIX + field.code)
        if given in (None, ""):
            continue
        value = _said(field, given)
        found.append({"code": field.code, "label": field.label, "kind": field.kind, "value": value})
    return found


def _said(field: Field, given: Any) -> str:
    if field.kind == "yes_no":
        return gettext("是") if given == YES else gettext("不是")
    return str(given)


def category_given(cleaned: dict[str, Any], pack: FormPack) -> str:
    """The category that a chosen option stands for; "" where none does."""
    for field in pack.fields:
        given = cleaned.get(PREFIX + field.code)
        if field.categories and given in field.options:
            return field.categories[field.options.index(given)]
    return ""


def priority_of_answers(answers: Iterable[Mapping[str, str]], pack: FormPack | None) -> str:
    """The priority class that an answer asks for (how urgent a hazard is); "" where none does."""
    said = {one["code"]: one["value"] for one in answers}
    for field in pack.fields if pack else ():
        given = said.get(field.code, "")
        if field.priorities and given in field.options and (found := field.priorities[field.options.index(given)]):
            return found
    return ""


def alarmed(answers: Iterable[tuple[str, str]], pack: FormPack | None) -> bool:
    """Whether an answer says that it is happening now: 110, 119 or 120 come first."""
    said = dict(answers)
    fields: Sequence[Field] = pack.fields if pack else ()
    return any(_alarms(field, said.get(field.label, "")) for field in fields if field.alarm)


def _alarms(field: Field, said: str) -> bool:
    return said == (field.options[0] if field.options else gettext("是"))

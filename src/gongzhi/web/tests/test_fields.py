"""A form says what is wrong first, then beside each field, tied together for screen readers."""

from django import forms
from django.template import Context, Template

ANSWERS = [("yes", "已解决"), ("no", "未解决")]


class Example(forms.Form):
    why = forms.CharField(label="原因", help_text="会发给反映人看")
    kind = forms.ChoiceField(label="类别", choices=[("a", "公用设施")], required=False)
    told = forms.BooleanField(label="已告诉本人", required=False)
    answer = forms.ChoiceField(label="修好了吗？", choices=ANSWERS, widget=forms.RadioSelect)


PAGE = (
    "{% load gz %}{% error_summary form %}{% field form.why %}{% field form.kind %}{% field form.told %}"
    "{% answers form.answer %}"
)


def rendered(form: forms.Form) -> str:
    return Template(PAGE).render(Context({"form": form}))


def test_nothing_is_preselected_and_nothing_is_wrong_at_first() -> None:
    page = rendered(Example())
    assert "checked" not in page
    assert "gz-errsum" not in page
    assert 'aria-describedby="id_why-h"' in page
    assert page.count("（可不填）") == 1


def test_what_is_wrong_is_summed_up_and_tied_to_its_field() -> None:
    page = rendered(Example({"why": ""}))
    assert "有 2 处要改" in page
    assert 'href="#id_why"' in page and 'href="#id_answer"' in page
    assert 'id="id_answer"' in page
    assert 'aria-describedby="id_why-h id_why-e"' in page
    assert page.count("这一项要填。") == 4


def test_an_answer_given_stays() -> None:
    page = rendered(Example({"answer": "no"}))
    assert page.count(" checked") == 1

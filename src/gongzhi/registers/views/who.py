"""How a refusal is said on a page."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from gongzhi.common.errors import Refused


def worded(message: str, facts: Mapping[str, object]) -> str:
    return _(message).format(**facts)


def add_refusal(form: forms.Form, refused: Refused) -> None:
    """A refusal beside the field that it is about, else above the form."""
    field = str(refused.facts.get("field", ""))
    form.add_error(field if field in form.fields else None, worded(refused.message, refused.facts))

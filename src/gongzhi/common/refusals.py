"""How a refusal is said to people: one way for every room. The interface adds its code and the plain facts."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.forms import BaseForm
from django.utils.translation import gettext as _

from gongzhi.common import clock
from gongzhi.common.errors import Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.wording import spoken


class Sayable(Protocol):
    """A marked message with its facts: a refusal, or what a rule says is still missing."""

    @property
    def message(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


def worded(message: str, facts: Mapping[str, Any]) -> str:
    """A marked message in the reader's language, with its facts; days among them as people say them."""
    now = clock.now()
    return _(message).format(**{name: spoken(fact, at=now) for name, fact in facts.items()})


def said(refused: Sayable) -> str:
    return worded(refused.message, refused.facts)


def put_back(form: BaseForm, refused: Refused, field: str | None = None) -> None:
    """Say a refusal beside the field that it is about, else above the form. `field`: where the form calls it otherwise.

    Raises it again where no field can mend it: somebody must sign in, may not, or may not know of the thing.
    """
    field = field or str(refused.facts.get("field", ""))
    if isinstance(refused, Forbidden | NotFound | SignInRequired) and field not in form.fields:
        raise refused
    form.add_error(field if field in form.fields else None, said(refused))


def tried(form: BaseForm, act: Callable[[], Any]) -> Any:
    """What `act` gives; None where it was refused, and the reason stands on the form."""
    try:
        return act()
    except Refused as refused:
        put_back(form, refused)
        return None

"""Who asks, and how a refusal goes back into the form it came from."""

from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.publications import rules
from gongzhi.publications.models import Publication


def writer_of(request: HttpRequest, *permissions: str) -> Actor:
    """The actor, who writes or releases somewhere. Raises SignInRequired, Forbidden."""
    words = N_("写公开和发公开，由社区书记、分拨员和督办来做。公开的内容谁都能看。")
    return staff_of(request, *(permissions or (rules.WRITE, rules.RELEASE)), otherwise=words)


def said(refused: Refused) -> str:
    return _(refused.message).format(**{name: _text(value) for name, value in refused.facts.items()})


def _text(value: Any) -> Any:
    return _(value) if isinstance(value, str) and value else value


def into_form(form: Form, refused: Refused) -> None:
    """Beside the field it is about, else on top. Raises again what no field can mend."""
    if isinstance(refused, Forbidden | NotFound | SignInRequired):
        raise refused
    field = str(refused.facts.get("field", ""))
    form.add_error(field if field in form.fields else None, said(refused))


def item_address(publication: Publication) -> str:
    """As printed on paper and in feeds."""
    return f"{settings.HOST_URL}/n/{publication.number}"

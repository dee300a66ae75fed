"""Who asks, and how a refusal goes back into the form it came from."""


from django.conf import settings
from django.http import HttpRequest

from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_
from gongzhi.publications import rules
from gongzhi.publications.models import Publication


def writer_of(request: HttpRequest, *permissions: str) -> Actor:
    """The actor, who writes or releases somewhere. Raises SignInRequired, Forbidden."""
    words = N_("写公开和发公开，由社区书记、分拨员和督办来做。公开的内容谁都能看。")
    return staff_of(request, *(permissions or (rules.WRITE, rules.RELEASE)), otherwise=words)


def item_address(publication: Publication) -> str:
    """As printed on paper and in feeds."""
    return f"{settings.HOST_URL}/n/{publication.number}"

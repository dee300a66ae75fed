"""Who asks for a page: anybody, somebody signed in, somebody with a permission."""

from django.http import HttpRequest

from gongzhi.common.access import ANONYMOUS, Actor, allows
from gongzhi.common.errors import Forbidden, SignInRequired
from gongzhi.common.text import N_

SIGN_IN = N_("这一步要先登录。登录后会回到这里。")
STAFF_ONLY = N_("这一页给办事的岗位用。您的岗位用不到它；自己报的事在“我的”里看。")


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put beside the request; nobody where there is none."""
    found: Actor = getattr(request, "actor", ANONYMOUS)
    return found


def signed_in(request: HttpRequest) -> Actor:
    """The actor, a person; raises SignInRequired for nobody."""
    actor = actor_of(request)
    if actor.kind != "person":
        raise SignInRequired("sign_in_required", SIGN_IN)
    return actor


def staff_of(request: HttpRequest, *permissions: str, otherwise: str = STAFF_ONLY) -> Actor:
    """The actor, holding one of the permissions somewhere.

    Raises SignInRequired for nobody, Forbidden with the words of `otherwise` for a neighbour or another post.
    """
    actor = actor_of(request)
    if actor.kind == "anonymous":
        raise SignInRequired("sign_in_required", SIGN_IN)
    if not any(allows(actor, permission) for permission in permissions):
        raise Forbidden("forbidden", otherwise)
    return actor

"""Who calls the public interface: the bearer of a token, else nobody. Sessions do not count there."""

from django.http import HttpRequest

from gongzhi.common import clock
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import SignInRequired
from gongzhi.common.text import N_
from gongzhi.people.actions.tokens import note_use
from gongzhi.people.queries import bearer_of


def caller_of(request: HttpRequest) -> Actor:
    """The actor of `Authorization: Bearer …`; without the header anonymous, with a wrong one SignInRequired."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return ANONYMOUS
    at = clock.now()
    actor, first_today = bearer_of(token.strip(), at=at, purpose=f"api:{request.path}"[:80])
    if first_today is not None:
        note_use(token_id=first_today, at=at)
    if actor.person_id is None:
        message = N_(
            "这个接口令牌不对或已停用。自己生成的，到“我的”里的“接口令牌”换一个；单位用的，向管理员要新的。"
        )
        raise SignInRequired("token_unknown", message)
    return actor


def signed_in(request: HttpRequest) -> Actor:
    """Who calls, before anything of the body is read. Raises SignInRequired `token_required`."""
    actor = caller_of(request)
    if actor.person_id is None:
        raise SignInRequired("token_required", N_("请带上接口令牌：Authorization: Bearer …"))
    return actor

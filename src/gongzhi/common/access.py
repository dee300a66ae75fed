"""Who asks, as what, where, and why. Built once per request by `people`; rules ask `require(actor, ...)`.

Every permission comes from a mandate: a role held over one place (and what lies below it) or in one
organization. Nothing comes from a flag.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from gongzhi.common.errors import Forbidden, SignInRequired
from gongzhi.common.text import N_

ActorKind = Literal["anonymous", "person", "token", "system"]


@dataclass(frozen=True, slots=True)
class Scope:
    """One mandate as the rules see it: a role, its permissions, and how far it reaches.

    `path` is the path of the place ("/44/4403/"): it covers that place and everything below.
    """

    mandate_id: int | None
    role: str
    permissions: frozenset[str]
    path: str
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. `purpose` is written beside every reading of a personal value."""

    kind: ActorKind
    person_id: uuid.UUID | None = None
    scopes: tuple[Scope, ...] = ()
    purpose: str = ""
    name: str = field(default="", compare=False)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(scope.role for scope in self.scopes)

    @property
    def reference(self) -> str:
        """How the trail names this actor: never a personal value."""
        return f"person:{self.person_id}" if self.person_id else f"{self.kind}:{self.name or '-'}"

    def paths_for(self, permission: str) -> tuple[str, ...]:
        return tuple(scope.path for scope in self.scopes if permission in scope.permissions)

    def organizations_for(self, permission: str) -> tuple[int, ...]:
        return tuple(
            scope.organization_id
            for scope in self.scopes
            if scope.organization_id is not None and permission in scope.permissions
        )


ANONYMOUS = Actor(kind="anonymous")


def system_actor(name: str) -> Actor:
    """A job acting for the house itself; its name goes into the trail."""
    return Actor(kind="system", name=name, purpose=name)


def covers(paths: Iterable[str], path: str) -> bool:
    return any(path.startswith(prefix) for prefix in paths)


def allows(
    actor: Actor, permission: str, *, path: str | None = None, organization_id: int | None = None
) -> bool:
    """Whether a mandate of the actor gives `permission` over `path` and, where named, in the organization."""
    if actor.kind == "system":
        return True
    for scope in actor.scopes:
        if permission not in scope.permissions:
            continue
        reaches = path is None or path.startswith(scope.path)
        belongs = organization_id is None or scope.organization_id == organization_id
        if reaches and belongs:
            return True
    return False


def require(
    actor: Actor, permission: str, *, path: str | None = None, organization_id: int | None = None
) -> None:
    """Return silently when allowed, else refuse.

    Raises SignInRequired for nobody signed in, Forbidden for somebody without the mandate.
    """
    if allows(actor, permission, path=path, organization_id=organization_id):
        return
    if actor.kind == "anonymous":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    raise Forbidden(
        "forbidden", N_("您的岗位不办这件事。要办的话，请找街道管理员核对任职。"), permission=permission
    )

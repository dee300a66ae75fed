"""Who sees a personal value, and how much of it: four levels and the one function that shows or masks. Pure.

L1 public, L2 internal, L3 personal, L4 sensitive personal information (个人信息保护法 28, 51). The vault, the field
dictionary of the packs and the rooms say which level a value has; whoever shows one asks `show`: nobody masks beside.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gongzhi.common.access import Actor
from gongzhi.common.errors import Forbidden, NotFound

LEVELS = ("L1", "L2", "L3", "L4")
# Readings of these are written down.
LOGGED = ("L3", "L4")
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Viewer:
    """As what somebody looks: in a post, at what is about themselves, having asked to see it.

    `revealed` means: the permission was checked, a purpose given and the reading written down (people.vault.reveal);
    what is about oneself needs neither, only the asking, because the screen is seen by others too.
    """

    staff: bool = False
    own: bool = False
    revealed: bool = False


STAFF = Viewer(staff=True)


def viewer_of(actor: Actor, *, about: uuid.UUID | None = None, revealed: bool = False) -> Viewer:
    """How an actor looks at a value about a person; a post without permissions (a neighbour's) is no staff."""
    staff = actor.kind == "system" or any(scope.permissions for scope in actor.scopes)
    return Viewer(staff=staff, own=about is not None and about == actor.person_id, revealed=revealed)


def seen_clear(level: str, viewer: Viewer) -> bool:
    """L1 is for all, L2 for staff and whom it is about, L3 and L4 only for who asked to see it."""
    if level == "L1" or viewer.revealed:
        return True
    return level == "L2" and (viewer.staff or viewer.own)


def show(field: str, value: str, *, level: str, viewer: Viewer) -> str:
    """The value in clear, the part that lets people recognise it, or stars; "" where there is none.

    Of L4 nothing is recognised before it is asked for; others than staff and the person recognise a name at most.
    """
    if not value or seen_clear(level, viewer):
        return value
    if level == "L4" or not (field == "name" or viewer.staff or viewer.own):
        return HIDDEN
    part = _PARTS.get(field)
    return part(value) if part else HIDDEN


@contextmanager
def asked_for(subject: str, fields: str, *, level: str = "L3") -> Iterator[None]:
    """Around whatever decides whether somebody may read these fields of a subject, where they are L3 or L4.

    A refusal inside says so, and whoever answers the request writes it into the trail (audit.actions.log_refusal):
    only there, because what was begun is rolled back.
    """
    try:
        yield
    except (Forbidden, NotFound) as refused:
        if level in LOGGED:
            refused.reading = (subject, fields)
        raise


def _part_of_name(name: str) -> str:
    """张**: the family name stays, so that a person recognises their own entry."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def _part_of_phone(phone: str) -> str:
    """138****2046; anything too short to mask becomes stars."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def _part_of_email(email: str) -> str:
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}"


_PARTS: dict[str, Callable[[str], str]] = {"name": _part_of_name, "phone": _part_of_phone, "email": _part_of_email}

"""Who may see the media of a subject: the room that owns the type of subject decides.

@viewer("case")
def may_see_case(actor: Actor, identifier: str) -> bool: ...
"""

from collections.abc import Callable

from gongzhi.common.access import Actor

Viewer = Callable[[Actor, str], bool]
_viewers: dict[str, Viewer] = {}
_editors: dict[str, Viewer] = {}


def viewer(subject_type: str) -> Callable[[Viewer], Viewer]:
    def register(function: Viewer) -> Viewer:
        _viewers[subject_type] = function
        return function

    return register


def forget(subject_type: str) -> None:
    _viewers.pop(subject_type, None)
    _editors.pop(subject_type, None)


def may_see(actor: Actor, subject: str) -> bool:
    """Nobody sees what belongs to a type that no room answers for."""
    subject_type, _, identifier = subject.partition(":")
    function = _viewers.get(subject_type)
    return function is not None and function(actor, identifier)


def editor(subject_type: str) -> Callable[[Viewer], Viewer]:
    """Who may cover parts of the photos of a subject: the room that owns the type answers."""

    def register(function: Viewer) -> Viewer:
        _editors[subject_type] = function
        return function

    return register


def may_change(actor: Actor, subject: str) -> bool:
    """Nobody covers what belongs to a type that no room answers for."""
    subject_type, _, identifier = subject.partition(":")
    function = _editors.get(subject_type)
    return function is not None and function(actor, identifier)

"""Functions of other rooms, named by dotted name and imported when they are needed."""

import importlib
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def find(name: str) -> Any | None:
    """The object `module:attribute`, or None where this version does not have it.

    A module that exists but fails to import raises what it raises.
    """
    module_name, _, attribute = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            return None
        raise
    return getattr(module, attribute, None)


def load(name: str) -> Any:
    """Like `find`, but refuses what is missing."""
    if (found := find(name)) is None:
        raise Refused("not_in_this_version", N_("这个版本还没有这项功能（{name}）。"), name=name)
    return found

"""What is offered on a day: of each pack of a kind the highest version in force, with its reference."""

import datetime as dt
from typing import TypeVar

from gongzhi.packs.contents import Pack as Content
from gongzhi.packs.models import Pack
from gongzhi.packs.queries import content_of, pack_by_reference
from gongzhi.packs.rules import version_key

Shape = TypeVar("Shape", bound=Content)


def rows_in_force(kind: str, on: dt.date) -> dict[str, Pack]:
    """Of each name the highest version that is in force, by name."""
    rows = Pack.objects.filter(kind=kind, effective_from__lte=on).exclude(effective_to__lte=on)
    newest = {row.name: row for row in sorted(rows, key=lambda row: version_key(row.version))}
    return dict(sorted(newest.items()))


def kinds_in_force(kind: str, shape: type[Shape], on: dt.date) -> dict[str, tuple[Shape, str]]:
    """Every pack of a kind on a day, with the reference of its version; by name."""
    found = {name: (content_of(row), row.reference) for name, row in rows_in_force(kind, on).items()}
    return {name: (pack, reference) for name, (pack, reference) in found.items() if isinstance(pack, shape)}


def kind_by_reference(reference: str, shape: type[Shape]) -> Shape:
    """The version under which something was begun, whatever is in force now. Raises NotFound `unknown_pack`."""
    found = pack_by_reference(reference)
    assert isinstance(found, shape)  # noqa: S101 - a reference names its kind
    return found

"""The field dictionary in force: what may be asked, for what, for how long; with scenes' fields where one holds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import kinds
from gongzhi.packs.field_contents import FieldDef, FieldsPack, Purpose, ScenePack
from gongzhi.registers.models import Scene


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The fields in force by code, their purposes, and the numbers of the pack they come from."""

    pack: FieldsPack
    reference: str
    fields: Mapping[str, FieldDef]
    purposes: Mapping[str, Purpose]

    def about(self, subject: str) -> list[FieldDef]:
        """The fields about one kind of subject, in the dictionary's order."""
        return [one for one in self.fields.values() if one.about == subject]

    def with_scene(self, scene: ScenePack | None) -> "Dictionary":
        """With what an emergency scene adds."""
        if scene is None:
            return self
        fields = {**self.fields, **{one.code: one for one in scene.fields}}
        purposes = {**self.purposes, **{one.code: one for one in scene.purposes}}
        return Dictionary(self.pack, self.reference, fields, purposes)


def dictionary(on: dt.date) -> Dictionary:
    """All dictionaries in force as one; the first by name gives the numbers. Raises NotFound `no_dictionary`."""
    found = list(kinds.kinds_in_force("fields", FieldsPack, on).values())
    if not found:
        raise NotFound("no_dictionary", N_("还没有装数据项字典。请系统管理员先装 fields 模式包。"))
    contents = [pack for pack, _reference in found]
    fields = {one.code: one for pack in reversed(contents) for one in pack.fields}
    ordered = {one.code: fields[one.code] for pack in contents for one in pack.fields}
    purposes = {one.code: one for pack in contents for one in pack.purposes}
    return Dictionary(contents[0], found[0][1], ordered, purposes)


def scene_packs(on: dt.date) -> list[tuple[str, ScenePack]]:
    """(reference, scene) of every scene pack in force, by name."""
    return [(reference, pack) for pack, reference in kinds.kinds_in_force("scene", ScenePack, on).values()]


def pack_of(scene: Scene) -> ScenePack:
    """The pack that a scene was switched on with."""
    return kinds.kind_by_reference(scene.pack, ScenePack)


def whole_dictionary(on: dt.date, scene: Scene | None = None) -> Dictionary:
    """The dictionary, with the fields of a scene where a form belongs to one."""
    return dictionary(on).with_scene(pack_of(scene) if scene else None)


def every_field(on: dt.date) -> dict[str, FieldDef]:
    """All fields that a fact may have: the dictionary's and every scene's, to name and show what is held."""
    found = dict(dictionary(on).fields)
    for _, scene in scene_packs(on):
        found.update({one.code: one for one in scene.fields})
    return found


def get_field(fields: Mapping[str, FieldDef], code: str) -> FieldDef:
    """Raises Refused `unknown_field`."""
    if code not in fields:
        raise Refused("unknown_field", N_("数据项字典里没有 {field}。只能问字典里有的。"), field=code)
    return fields[code]

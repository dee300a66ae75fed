"""A model's organizations, relations and posts, spelled out for its places: what load-model then makes. Pure.

A levelled entry becomes one body (or post) for every place of its level at or below the model's root, except
places that somebody else administers (`civil_parent`, as 大鹏新区 does for three streets of 龙岗).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongzhi.packs.model_contents import ModelPack, Organization, Post
from gongzhi.packs.model_places import PlaceRow


@dataclass(frozen=True, slots=True)
class Body:
    """One organization to be: `parent` is the code of another body, made before."""

    code: str
    entry: Organization
    name: str
    place: PlaceRow
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """One post to be, over a place and, where it belongs to one, in the body with a code."""

    code: str
    entry: Post
    place: PlaceRow
    body: str = ""


class Plan:
    """Everything a model asks for, on its places."""

    def __init__(self, pack: ModelPack, rows: Sequence[PlaceRow]) -> None:
        self.pack = pack
        self._places = {row.code: row for row in rows}
        self._ours = [row for row in rows if self._is_ours(row)]
        self._entries = {entry.code: entry for entry in pack.organizations}
        self._at: dict[tuple[str, str], Body] = {}
        self.bodies = self._bodies()
        self.seats = list(self._seats())

    def _is_ours(self, row: PlaceRow) -> bool:
        while row.code != self.pack.root:
            if row.civil_parent or not row.parent:
                return False
            row = self._places[row.parent]
        return True

    def _at_level(self, level: str, only: str = "") -> list[PlaceRow]:
        return [row for row in self._ours if row.level == level and only in ("", row.features.get("type"))]

    def _bodies(self) -> list[Body]:
        """Bodies, parents first."""
        found: list[Body] = []
        for entry in _parents_first(self.pack.organizations):
            for place in [self._places[entry.place]] if entry.place else self._at_level(entry.level, entry.only):
                code = f"{entry.code}-{place.code}"
                above = self.nearest(entry.parent, place)
                name = entry.name.replace("{place}", place.name)
                body = Body(code, entry, name, place, above.code if above else "")
                self._at[entry.code, place.code] = body
                found.append(body)
        return found

    def nearest(self, entry_code: str, place: PlaceRow | None) -> Body | None:
        """The body of an entry at a place, else at the nearest place above; one of a fixed place anywhere."""
        entry = self._entries.get(entry_code)
        if entry is not None and entry.place:
            return self._at.get((entry_code, entry.place))
        while place is not None:
            if body := self._at.get((entry_code, place.code)):
                return body
            place = self._places.get(place.parent)
        return None

    def relations(self) -> Iterator[tuple[str, str, str]]:
        """(kind, source body, target body): each target with the nearest source."""
        for relation in self.pack.relations:
            for body in self.bodies:
                if body.entry.code == relation.target_body:
                    source = self.nearest(relation.source_body, body.place)
                    if source:
                        yield relation.kind, source.code, body.code

    def _seats(self) -> Iterator[Seat]:
        for post in self.pack.posts:
            for place in self._at_level(post.level):
                body = self.nearest(post.organization, place)
                yield Seat(f"{post.code}-{place.code}", post, place, body.code if body else "")
            for body in self.bodies:
                if body.entry.code in post.bodies:
                    yield Seat(f"{post.code}-{body.code}", post, body.place, body.code)


def _parents_first(entries: Sequence[Organization]) -> list[Organization]:
    left, done, found = list(entries), {""}, []
    while ready := [entry for entry in left if entry.parent in done]:
        found += ready
        done |= {entry.code for entry in ready}
        left = [entry for entry in left if entry.code not in done]
    return found

"""The places that come with a model: rows of places.csv with their outlines, parents first. Pure reading."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ANSWERS: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place as a model file gives it; codes name the parents, `features` hold true, false, None or text."""

    code: str
    kind: str
    level: str
    name: str
    parent: str
    civil_code: str
    civil_parent: str
    longitude: float | None
    latitude: float | None
    households: int | None
    target_households: int | None
    facets: tuple[str, ...]
    features: dict[str, Any]
    polygon: dict[str, Any] | None = None


def read_places(folder: Path) -> list[PlaceRow]:
    """The places of a model folder, each after its parent."""
    outlines = _outlines(folder / "outlines.geojson")
    with (folder / "places.csv").open(encoding="utf-8", newline="") as file:
        return [_row(cells, outlines) for cells in csv.DictReader(file)]


def _outlines(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        about = feature["properties"]
        found[about["kind"], about["code"]] = feature["geometry"]
    return found


def _row(cells: dict[str, str], outlines: dict[tuple[str, str], dict[str, Any]]) -> PlaceRow:
    return PlaceRow(
        code=cells["code"],
        kind=cells["kind"],
        level=cells["level"],
        name=cells["name"],
        parent=cells["parent"],
        civil_code=cells["civil_code"],
        civil_parent=cells["civil_parent"],
        longitude=float(cells["longitude"]) if cells["longitude"] else None,
        latitude=float(cells["latitude"]) if cells["latitude"] else None,
        households=int(cells["households"]) if cells["households"] else None,
        target_households=int(cells["target_households"]) if cells["target_households"] else None,
        facets=tuple(facet for facet in cells["facets"].split(";") if facet),
        features=dict(_features(cells["features"])),
        polygon=outlines.get((cells["kind"], cells["code"])),
    )


def _features(text: str) -> Iterator[tuple[str, Any]]:
    for pair in filter(None, text.split(";")):
        key, _, value = pair.partition("=")
        yield key, int(value) if value.isdigit() and len(value) < 4 else _ANSWERS.get(value, value)


def dwellings_of(building: PlaceRow) -> Iterator[PlaceRow]:
    """The addresses in a building that says its stairwells, floors and dwellings a floor: “2单元 301室”."""
    shape = building.features
    if not {"stairs", "floors", "per_floor"} <= shape.keys():
        return
    for stair in range(1, shape["stairs"] + 1):
        for floor in range(1, shape["floors"] + 1):
            for number in range(1, shape["per_floor"] + 1):
                room = f"{floor}{number:02d}"
                yield PlaceRow(
                    code=f"{building.code}-{stair}-{room}",
                    kind="dwelling",
                    level="dwelling",
                    name=f"{stair}单元 {room}室",
                    parent=building.code,
                    civil_code="",
                    civil_parent="",
                    longitude=None,
                    latitude=None,
                    households=1,
                    target_households=None,
                    facets=(),
                    features={"demo": True},
                )

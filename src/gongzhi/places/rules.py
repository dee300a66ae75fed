"""Codes of the division, paths, outlines: pure. Sizes of grids and 三无 are rules of packs."""

from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

# Digits of a code of the statistical division and the level it names (国家统计局 统计用区划代码编制规则).
LEVEL_OF_DIGITS = {2: "province", 4: "city", 6: "area", 9: "street", 12: "village"}
DIGITS_OF_LEVEL = {level: digits for digits, level in LEVEL_OF_DIGITS.items()}
DIVISION_LEVELS = tuple(LEVEL_OF_DIGITS.values())
STATISTICAL_DIGITS = 12
_DIGITS_ABOVE = {4: 2, 6: 4, 9: 6, 12: 9}
_CIVIL_DIGITS = 6

MAX_OUTLINE_POINTS = 20_000


def path_in(parent_path: str, code: str) -> str:
    """The path of a place with this code in that parent ("" or "/" at the root)."""
    return f"{parent_path or '/'}{code}/"


def upwards(path: str) -> list[str]:
    """ "/a/b/" → ["/a/", "/a/b/"]: what a path lies in, from the root down, and itself; nothing for "/"."""
    codes = [code for code in path.split("/") if code]
    return ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]


def level_above(path: str) -> str:
    """ "/3211/PC/PC-1/" → "/3211/PC/"; the root stays."""
    return upwards(path)[-2] if path.strip("/").count("/") else path


def statistical_code(code: str) -> str:
    """A code of the division padded to 12 digits; empty for anything else."""
    if not code.isdigit() or len(code) not in LEVEL_OF_DIGITS:
        return ""
    return code.ljust(STATISTICAL_DIGITS, "0")


def shortened_codes(code: str) -> list[str]:
    """What a code padded with zeros may mean, deepest first; nothing for what is no code of the division.

    441900000000 is 441900 (东莞 has no districts) or 4419.
    """
    if not code.isdigit() or len(code) not in (6, 9, 12):
        return []
    ends = [digits for digits in (12, 9, 6, 4, 2) if digits <= len(code) and not code[digits:].strip("0")]
    return [code[:digits] for digits in ends]


def parent_code(code: str) -> str:
    """The next shorter code of the division; empty for a province and for what is no code of it."""
    return code[: _DIGITS_ABOVE.get(len(code), 0)]


def civil_code_of(code: str) -> str:
    """The civil-affairs code a statistical code implies, 6, 9 or 12 digits; empty where none can be implied.

    Zones that only statistics treats as a county carry 71 to 79 in the fifth and sixth digit (321171 镇江新区):
    who administers them has to be recorded.
    """
    if code[4:6] and "71" <= code[4:6] <= "79":
        return ""
    return code.ljust(_CIVIL_DIGITS, "0")


def _rings(geometry: dict[str, Any]) -> list[Any]:
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon" and isinstance(coordinates, list):
        return coordinates
    if geometry.get("type") == "MultiPolygon" and isinstance(coordinates, list):
        return [ring for polygon in coordinates if isinstance(polygon, list) for ring in polygon]
    return []


def count_points(geometry: dict[str, Any]) -> int:
    """Positions in a checked outline."""
    return sum(map(len, _rings(geometry)))


def _is_position(point: Any) -> bool:
    if not isinstance(point, list | tuple) or len(point) < 2:
        return False
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in point[:2]):
        return False
    return bool(-180 <= point[0] <= 180 and -90 <= point[1] <= 90)


def check_outline(geometry: dict[str, Any]) -> None:
    """Refuse what is not a closed GeoJSON Polygon or MultiPolygon in degrees.

    Raises Refused `bad_outline` or `outline_too_fine`.
    """
    rings = _rings(geometry)
    whole = all(
        isinstance(ring, list) and len(ring) >= 4 and ring[0] == ring[-1] and all(map(_is_position, ring))
        for ring in rings
    )
    if not rings or not whole:
        raise Refused(
            "bad_outline",
            N_("轮廓要是 GeoJSON 的 Polygon 或 MultiPolygon：每圈至少 4 个点，首尾相同，经度在前，单位是度。"),
        )
    if sum(map(len, rings)) > MAX_OUTLINE_POINTS:
        raise Refused(
            "outline_too_fine",
            N_("轮廓的点太多，最多 {most} 个。请先简化再上传。"),
            most=MAX_OUTLINE_POINTS,
        )


def check_span(valid_from: Any, valid_to: Any) -> None:
    """Refuse an end that is not after the beginning. Raises Refused `ends_before_it_begins`."""
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise Refused(
            "ends_before_it_begins",
            N_("日期要晚于 {valid_from}。请选 {valid_from} 之后的一天。"),
            valid_from=valid_from,
        )

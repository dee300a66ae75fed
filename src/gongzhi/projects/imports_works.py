"""The workbook of a works package: one row a defect at a part of a building or a compound, never whose home."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.places.models import Place
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.works import Spot, add_works_lines
from gongzhi.projects.models import Project, WorksLine
from gongzhi.projects.queries import works as reads
from gongzhi.projects.rules import works as works_rules

_HOMES = N_("影响户数")
COLUMNS = (
    Column("project", N_("项目编号"), True, N_("项目先立好；在项目页的标题下面"), "P00001"),
    Column("place", N_("楼栋或小区代码"), True, N_("项目范围里的，要先导入；不写到户"), "YS-B05", also=("地点代码",)),
    Column("part", N_("部位"), True, N_("写到单元为止，不写门牌号"), "2 单元屋面"),
    Column("defect", N_("毛病"), True, N_("清单页上列着的几种之一"), "屋面渗漏"),
    Column("homes", _HOMES, False, N_("几户受影响，只写数字"), "6"),
    Column("found", N_("看到什么"), False, N_("不写人名、电话"), "顶层楼道天花板有水印"),
)


@dataclass(slots=True)
class _Known:
    """Projects by number, the words of their defects, places by code, what is listed already."""

    projects: dict[str, Project]
    defects: dict[str, dict[str, str]]
    places: dict[str, list[Place]]
    listed: set[tuple[uuid.UUID, int, str, str]]
    reach: tuple[str, ...] | None
    seen: set[tuple[uuid.UUID, int, str, str]] = field(default_factory=set)


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    found = queries.worked_by(by).filter(number__in={row["project"] for row in rows})
    projects = {one.number: one for one in found}
    defects = {
        one.number: {word: code for code, defect in reads.defects_of(one).items() for word in (code, defect.name)}
        for one in projects.values()
    }
    places: dict[str, list[Place]] = {}
    wanted = Place.objects.current().filter(kind__in=reads.PLACES, code__in={row["place"] for row in rows})
    for place in wanted.defer("polygon"):
        places.setdefault(place.code, []).append(place)
    open_ones = WorksLine.objects.filter(project__in=projects.values()).exclude(state__in=("accepted", "dropped"))
    listed = set(open_ones.values_list("project_id", "place_id", "part", "defect"))
    reach = None if by.kind == "system" else by.paths_for(rules.RUN)
    return _Known(projects, defects, places, listed, reach)


def _check(row: Row, known: _Known) -> tuple[str, Spot] | None:
    project = known.projects.get(row["project"])
    if project is None or not (known.reach is None or project.path.startswith(known.reach)):
        raise WrongRow(N_("没有项目 {number}，或者它不归您办"), number=row["project"])
    if project.state in rules.OVER:
        raise WrongRow(N_("项目 {number} 已经办完了"), number=project.number)
    words = known.defects[project.number]
    if row["defect"] not in words:
        listed = "、".join(one.name for one in reads.defects_of(project).values())
        raise WrongRow(N_("没有“{value}”这种毛病。能写的：{words}"), value=row["defect"], words=listed or "—")
    inside = [one for one in known.places.get(row["place"], ()) if one.path.startswith(project.path)]
    if not inside:
        raise WrongRow(N_("项目范围里没有代码是 {code} 的楼栋或小区"), code=row["place"])
    try:
        part = works_rules.check_part(row["part"])
        homes = works_rules.check_homes(row.count("homes", _HOMES) or 0)
    except Refused as refused:
        raise WrongRow(refused.message, **{k: v for k, v in refused.facts.items() if k != "field"}) from None
    spot = Spot(inside[0], part, words[row["defect"]], homes, row["found"])
    key = (project.pk, spot.place.pk, spot.part, spot.defect)
    if key in known.seen:
        raise WrongRow(N_("这一处在表里写了两次"))
    known.seen.add(key)
    return None if key in known.listed else (project.number, spot)


def _write(drafts: Sequence[tuple[str, Spot]], by: Actor, at: dt.datetime) -> Made:
    """Each project's own lines with one act."""
    by_project: dict[str, list[Spot]] = {}
    for number, spot in drafts:
        by_project.setdefault(number, []).append(spot)
    made: list[int] = []
    for number in sorted(by_project):
        found = add_works_lines(by=by, at=at, number=number, spots=by_project[number])
        made += [one.pk for one in found]
    return {"projects.WorksLine": made}


def _held_by(made: Made) -> list[str]:
    """What went on since: nobody takes a line away that somebody looked at."""
    rows = WorksLine.objects.filter(pk__in=made.get("projects.WorksLine", ())).exclude(state="listed")
    return [f"{one.project.number} {one.position}" for one in rows.select_related("project").order_by("pk")[:50]]


KIND = Kind(
    name="works-lines",
    title=N_("工程清单"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=rules.RUN,
    about=N_("一行一处毛病。只写到楼和单元，不写住户姓名和门牌。"),
    sheet=76,
    held_by=_held_by,
)


def register() -> None:
    register_kind(KIND)

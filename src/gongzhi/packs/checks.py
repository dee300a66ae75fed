"""What a well-typed pack can still get wrong: crossed dates, codes of nothing, numbers that do not add up.

Each check yields a Problem; the reader turns its path into a line. Pure.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from gongzhi.common.text import N_
from gongzhi.packs.agreement_checks import agreement_problems
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.packs.contents import CalendarPack, FormPack, LawPack, Pack, Strict
from gongzhi.packs.duty_contents import DutiesPack
from gongzhi.packs.field_checks import events_problems, fields_problems
from gongzhi.packs.field_contents import EventsPack, FieldsPack, ScenePack
from gongzhi.packs.fund_checks import funds_problems
from gongzhi.packs.fund_contents import FundPack
from gongzhi.packs.indicator_checks import indicators_problems
from gongzhi.packs.indicator_contents import IndicatorsPack
from gongzhi.packs.law_checks import law_problems
from gongzhi.packs.model_contents import Category, ModelPack
from gongzhi.packs.model_gatherings import Share
from gongzhi.packs.party_checks import party_problems
from gongzhi.packs.pattern_checks import covers_problems, pattern_problems
from gongzhi.packs.procedure_checks import procedure_problems
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.project_checks import projects_problems
from gongzhi.packs.project_contents import ProjectPack
from gongzhi.packs.schedule_checks import paper_problems, schedules_problems
from gongzhi.packs.schedule_contents import PaperPack, SchedulesPack
from gongzhi.packs.self_government_checks import self_government_problems
from gongzhi.packs.sharing_checks import catalogue_problems, need_problems, offer_problems, sharing_problems
from gongzhi.packs.sharing_contents import CataloguePack, NeedPack, OfferPack, SharingPack
from gongzhi.packs.taxonomy_contents import TaxonomyPack


class Problem(NamedTuple):
    """What is wrong where: a path as msgspec writes it, a marked message, and its facts."""

    path: str
    message: str
    facts: dict[str, object]


Problems = Iterator[Problem]
# contract.md, HTTP: the public states of a case.
STATES = (
    "reported",
    "accepted",
    "dispatched",
    "in_progress",
    "answered",
    "verified",
    "confirmed",
    "closed",
    "closed_silent",
    "returned",
    "deferred",
    "rework",
    "referred",
)


def _problem(path: str, message: str, **facts: object) -> Problem:
    return Problem(path, message, facts)


def problems(pack: Pack) -> Problems:
    """Every problem of a pack, in a stable order; nothing when it is sound."""
    if pack.effective_to is not None and pack.effective_to <= pack.effective_from:
        yield _problem("$.effective_to", N_("失效日期要晚于生效日期"))
    for shape, check in _BY_KIND:
        if isinstance(pack, shape):
            yield from check(pack)


def _codes(path: str, entries: Iterable[Strict], key: str = "code") -> Problems:
    counted = Counter[str]()
    for i, entry in enumerate(entries):
        code = str(getattr(entry, key))
        counted[code] += 1
        if counted[code] > 1:
            yield _problem(f"{path}[{i}].{key}", N_("{code} 写了两次"), code=code)


def _known(path: str, code: str, codes: Collection[str], where: str) -> Problems:
    if code and code not in codes:
        yield _problem(path, N_("{where} 里没有 {code}"), where=where, code=code)


def _law(pack: LawPack) -> Problems:
    yield from _codes("$.rules", pack.rules)
    for found in law_problems(pack):
        yield Problem(*found)


def _form(pack: FormPack) -> Problems:
    yield from _codes("$.fields", pack.fields)
    for i, field in enumerate(pack.fields):
        if (field.kind == "choice") != bool(field.options):
            yield _problem(f"$.fields[{i}].options", N_("选择题要有选项，别的题不要"))
        if field.categories and len(field.categories) != len(field.options):
            yield _problem(f"$.fields[{i}].categories", N_("类别要和选项一样多，没有的写空"))
        if field.priorities and len(field.priorities) != len(field.options):
            yield _problem(f"$.fields[{i}].priorities", N_("急缓要和选项一样多，没有的写空"))


def _taxonomy(pack: TaxonomyPack) -> Problems:
    counted = Counter[tuple[str, ...]]()
    for i, path in enumerate(pack.paths):
        counted[path] += 1
        if counted[path] > 1:
            yield _problem(f"$.paths[{i}]", N_("{code} 写了两次"), code=" › ".join(path))
    yield from _codes("$.categories", pack.categories)
    known = {category.code: category for category in pack.categories}
    for i, category in enumerate(pack.categories):
        yield from _circle(f"$.categories[{i}].parent", category, known)


def _calendar(pack: CalendarPack) -> Problems:
    yield from _codes("$.years", pack.years, "year")
    end = None
    for i, span in enumerate(pack.hours):
        if span.end <= span.start or (end and span.start <= end):
            yield _problem(f"$.hours[{i}]", N_("工作时段要从早到晚，互不相接"))
        end = span.end
    if not pack.years or not pack.hours:
        yield _problem("$", N_("日历至少要有一个年份和一个工作时段"))
        return
    years = sorted(year.year for year in pack.years)
    if years != list(range(years[0], years[-1] + 1)):
        yield _problem("$.years", N_("年份要连续，中间不能缺"))
    if pack.known_until.year != years[-1]:
        yield _problem("$.known_until", N_("这一天要落在最后一个年份里"))
    for i in range(len(pack.years)):
        yield from _calendar_year(pack, i)


def _calendar_year(pack: CalendarPack, i: int) -> Problems:
    year = pack.years[i]
    path = f"$.years[{i}]"
    for j, rest in enumerate(year.holidays):
        if rest.last < rest.first:
            yield _problem(f"{path}.holidays[{j}].last", N_("假期最后一天早于第一天"))
        # A notice may reach back: the rest before New Year lies in December.
        if rest.last.year != year.year:
            yield _problem(f"{path}.holidays[{j}].last", N_("这一天不在 {year}年"), year=year.year)
    for j, day in enumerate(year.workdays):
        if any(rest.first <= day <= rest.last for rest in year.holidays):
            yield _problem(f"{path}.workdays[{j}]", N_("{day} 既放假又上班"), day=day)
        if day.isoweekday() not in pack.rest_weekdays:
            yield _problem(f"{path}.workdays[{j}]", N_("{day} 本来就上班"), day=day)


def _model(pack: ModelPack) -> Problems:
    for path in ("levels", "roles", "posts", "organization_kinds", "organizations", "unit_kinds"):
        yield from _codes(f"$.{path}", getattr(pack, path))
    for path in ("channels", "categories", "states", "reasons", "facets", "professions"):
        yield from _codes(f"$.{path}", getattr(pack, path))
    yield from _codes("$.clocks", pack.clocks, "priority")
    yield from _model_places(pack)
    yield from _model_bodies(pack)
    yield from _model_work(pack)
    yield from _scoring(pack)
    yield from _talks(pack)
    yield from _publications(pack)
    yield from _gatherings(pack)
    for check in (self_government_problems, party_problems, pattern_problems, covers_problems):
        for found in check(pack):
            yield Problem(*found)


def _gatherings(pack: ModelPack) -> Problems:
    yield from _codes("$.gatherings", pack.gatherings)
    kinds, roles = {one.code for one in pack.organization_kinds}, {one.code for one in pack.roles}
    for i, kind in enumerate(pack.gatherings):
        path = f"$.gatherings[{i}]"
        for j, body in enumerate(kind.bodies):
            yield from _known(f"{path}.bodies[{j}]", body, kinds, "organization_kinds")
        for j, role in enumerate(kind.chairs):
            yield from _known(f"{path}.chairs[{j}]", role, roles, "roles")
        for name in ("quorum", "majority"):
            yield from _share(f"{path}.{name}", getattr(kind, name))
        if kind.covers:
            yield from _known(f"{path}.covers", kind.covers, {one.code for one in pack.levels}, "levels")
    yield from _codes("$.platforms", pack.platforms)
    codes = {kind.code for kind in pack.gatherings}
    for i, platform in enumerate(pack.platforms):
        for j, code in enumerate(platform.kinds):
            yield from _known(f"$.platforms[{i}].kinds[{j}]", code, codes, "gatherings")


def _share(path: str, share: Share | None) -> Problems:
    if share is not None and not 0 < Fraction(share.share) <= 1:
        yield _problem(path, N_("比例要大于 0、不超过 1，比如 2/3"))


def _talks(pack: ModelPack) -> Problems:
    if pack.talks is None:
        return
    yield from _known("$.talks.channel", pack.talks.channel, {one.code for one in pack.channels}, "channels")
    yield from _known("$.talks.level", pack.talks.level, {one.code for one in pack.levels}, "levels")
    for i, role in enumerate(pack.talks.roles):
        yield from _known(f"$.talks.roles[{i}]", role, {one.code for one in pack.roles}, "roles")


def _publications(pack: ModelPack) -> Problems:
    if pack.publications is None:
        return
    yield from _codes("$.publications.kinds", pack.publications.kinds)
    for i, kind in enumerate(pack.publications.kinds):
        path = f"$.publications.kinds[{i}]"
        yield from _codes(f"{path}.fields", kind.fields)
        if kind.negative and kind.persons:
            yield _problem(f"{path}.persons", N_("批评类的公开不能点名到人"))
        if kind.negative != bool(kind.statement_days):
            yield _problem(f"{path}.statement_days", N_("批评类要写陈述期的天数，别的不要"))


def _scoring(pack: ModelPack) -> Problems:
    weights = pack.scoring
    if weights is None:
        return
    total = weights.response_percent + weights.resolution_percent + weights.satisfaction_percent
    if total != 100:
        yield _problem("$.scoring", N_("三率的权重合计应是 100，现在是 {total}"), total=total)
    if not weights.basic_from <= weights.satisfied_from <= 5:
        yield _problem("$.scoring.basic_from", N_("基本满意不能高于满意，满意不能高于 5"))


def _model_places(pack: ModelPack) -> Problems:
    levels, roles = {level.code: level for level in pack.levels}, {role.code for role in pack.roles}
    yield from _codes("$.levels", pack.levels, "order")
    bodies, professions = {body.code for body in pack.organizations}, {one.code for one in pack.professions}
    for i, post in enumerate(pack.posts):
        if bool(post.level) == bool(post.bodies):
            yield _problem(f"$.posts[{i}]", N_("level 和 bodies 要写一个，也只写一个"))
        yield from _known(f"$.posts[{i}].organization", post.organization, bodies, "organizations")
        for j, body in enumerate(post.bodies):
            yield from _known(f"$.posts[{i}].bodies[{j}]", body, bodies, "organizations")
        yield from _known(f"$.posts[{i}].role", post.role, roles, "roles")
        yield from _known(f"$.posts[{i}].level", post.level, levels, "levels")
        yield from _known(f"$.posts[{i}].profession", post.profession, professions, "professions")
        for other in post.incompatible:
            yield from _known(f"$.posts[{i}].incompatible", other, roles, "roles")
        count = levels[post.level].count if post.level in levels else None
        if post.total is not None and count is not None and post.total != post.seats * count:
            right = post.seats * count
            yield _problem(f"$.posts[{i}].total", N_("总数应是 {right}"), right=right)
    for i, facet in enumerate(pack.facets):
        yield from _known(f"$.facets[{i}].applies_to", facet.applies_to, levels, "levels")


def _model_bodies(pack: ModelPack) -> Problems:
    kinds = {kind.code for kind in pack.organization_kinds}
    units, levels = {unit.code for unit in pack.unit_kinds}, {level.code for level in pack.levels}
    bodies, categories = {body.code for body in pack.organizations}, {c.code for c in pack.categories}
    for i, body in enumerate(pack.organizations):
        path = f"$.organizations[{i}]"
        yield from _known(f"{path}.kind", body.kind, kinds, "organization_kinds")
        yield from _known(f"{path}.parent", body.parent, bodies, "organizations")
        yield from _known(f"{path}.level", body.level, levels, "levels")
        yield from _known(f"{path}.unit_kind", body.unit_kind, units, "unit_kinds")
        for code in body.serves:
            yield from _known(f"{path}.serves", code, categories, "categories")
        if bool(body.place) == bool(body.level):
            yield _problem(path, N_("place 和 level 要写一个，也只写一个"))
    for i, relation in enumerate(pack.relations):
        for key in ("source_body", "target_body"):
            path = f"$.relations[{i}].{key}"
            yield from _known(path, getattr(relation, key), bodies, "organizations")
    for i, unit in enumerate(pack.unit_kinds):
        yield from _known(f"$.unit_kinds[{i}].level", unit.level, levels, "levels")
    if pack.office and pack.office.after_hours_body:
        yield from _known("$.office.after_hours_body", pack.office.after_hours_body, bodies, "organizations")
    for i, duty in enumerate(pack.office.night_duties if pack.office else ()):
        yield from _known(f"$.office.night_duties[{i}].body", duty.body, bodies, "organizations")
        yield from _known(f"$.office.night_duties[{i}].category", duty.category, categories, "categories")


def _model_work(pack: ModelPack) -> Problems:
    categories = {category.code: category for category in pack.categories}
    units, roles = {unit.code for unit in pack.unit_kinds}, {role.code for role in pack.roles}
    bodies = {kind.code for kind in pack.organization_kinds}
    for i, category in enumerate(pack.categories):
        yield from _category(f"$.categories[{i}]", category, categories, units)
    for i, channel in enumerate(pack.channels):
        yield from _known(f"$.channels[{i}].category", channel.category, categories, "categories")
        yield from _known(f"$.channels[{i}].unit_kind", channel.unit_kind, units, "unit_kinds")
        yield from _known(f"$.channels[{i}].to_role", channel.to_role, roles, "roles")
        yield from _known(f"$.channels[{i}].about", channel.about, bodies, "organization_kinds")
        yield from _codes(f"$.channels[{i}].outcomes", channel.outcomes)
        if channel.kind == "letter" and not channel.to_role:
            yield _problem(f"$.channels[{i}].to_role", N_("信箱要写明写给哪个角色"))
    for i, clocks in enumerate(pack.clocks):
        for j, step in enumerate(clocks.escalation):
            path = f"$.clocks[{i}].escalation[{j}].role"
            yield from _known(path, step.role, roles, "roles")
    yield from _campaigns(pack, categories)
    missing = {"urgent", "hard", "minor", "small"} - {clocks.priority for clocks in pack.clocks}
    if missing:
        yield _problem("$.clocks", N_("缺少时限：{codes}"), codes="、".join(sorted(missing)))
    for i, state in enumerate(pack.states):
        yield from _known(f"$.states[{i}].code", state.code, STATES, "contract")
    if absent := [state for state in STATES if state not in {s.code for s in pack.states}]:
        yield _problem("$.states", N_("缺少状态名：{codes}"), codes="、".join(absent))


def _campaigns(pack: ModelPack, categories: Collection[str]) -> Problems:
    yield from _codes("$.campaigns", pack.campaigns)
    for i, campaign in enumerate(pack.campaigns):
        path = f"$.campaigns[{i}]"
        if campaign.last_day < campaign.first_day:
            yield _problem(f"{path}.last_day", N_("专项的最后一天早于第一天"))
        yield from _codes(f"{path}.kinds", campaign.kinds)
        for j, kind in enumerate(campaign.kinds):
            for code in kind.categories:
                yield from _known(f"{path}.kinds[{j}].categories", code, categories, "categories")


def _category(path: str, category: Category, all_: dict[str, Category], units: Collection[str]) -> Problems:
    yield from _known(f"{path}.parent", category.parent, all_, "categories")
    yield from _known(f"{path}.unit_kind", category.unit_kind, units, "unit_kinds")
    yield from _circle(f"{path}.parent", category, all_)
    is_leaf = all(other.parent != category.code for other in all_.values())
    if is_leaf and not (category.unit_kind and category.priority and category.reason):
        yield _problem(path, N_("末级分类要写 priority、unit_kind 和 reason"))


def _circle(path: str, category: Category, all_: dict[str, Category]) -> Problems:
    seen, parent = {category.code}, category.parent
    while parent in all_ and parent not in seen:
        seen.add(parent)
        parent = all_[parent].parent
    if parent in seen:
        yield _problem(path, N_("上级分类绕成了圈"))


def _duties(pack: DutiesPack) -> Problems:
    yield from _codes("$.duties", pack.duties)
    seen = Counter[tuple[str, str]]()
    for i, duty in enumerate(pack.duties):
        seen[duty.category, duty.level] += 1
        if seen[duty.category, duty.level] > 1:
            yield _problem(f"$.duties[{i}]", N_("同一类事在同一级写了两条"))
        if duty.community and duty.function == "outside":
            yield _problem(f"$.duties[{i}].community", N_("清单外的事不能写成社区可以办"))
        if duty.delegated and not duty.community:
            yield _problem(f"$.duties[{i}].delegated", N_("委托给社区的事，要写社区可以办"))


# Each check takes the kind named beside it; `problems` has looked before it calls.
_BY_KIND: tuple[tuple[type[Pack], Callable[..., Iterator[Any]]], ...] = (
    (LawPack, _law),
    (FormPack, _form),
    (TaxonomyPack, _taxonomy),
    (CalendarPack, _calendar),
    (DutiesPack, _duties),
    (SchedulesPack, schedules_problems),
    (PaperPack, paper_problems),
    (FieldsPack, fields_problems),
    (ScenePack, fields_problems),
    (EventsPack, events_problems),
    (IndicatorsPack, indicators_problems),
    (ProcedurePack, procedure_problems),
    (FundPack, funds_problems),
    (ProjectPack, projects_problems),
    (AgreementPack, agreement_problems),
    (SharingPack, sharing_problems),
    (OfferPack, offer_problems),
    (NeedPack, need_problems),
    (CataloguePack, catalogue_problems),
    (ModelPack, _model),
)

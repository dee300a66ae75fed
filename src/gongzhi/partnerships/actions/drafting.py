"""起草: an agreement under a kind in force, with who stands in it, its lines and what is lent."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.numbering import next_number
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.packs.agreement_contents import AgreementPack, UsualLine
from gongzhi.partnerships import queries, rules
from gongzhi.partnerships.models import Agreement, AgreementLine, Asset, Party, State
from gongzhi.people import vault
from gongzhi.people.models import Organization
from gongzhi.people.queries import person_of
from gongzhi.places.models import Place
from gongzhi.publications.rules import lint


@dataclass(frozen=True, slots=True)
class Given:
    """One line as it is promised; `owner` and `partners` are numbers of parties, from 0."""

    what: str
    owner: int
    evidence: str
    partners: tuple[int, ...] = ()
    facet: str = ""
    counted: str = ""
    target: int | None = None
    due_on: dt.date | None = None
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Lending:
    """One asset as it is lent; `area` in square metres."""

    kind: str
    name: str
    area: Decimal
    purpose: str
    pieces: int = 1
    facet: str = ""
    free_until: dt.date | None = None
    used_by: Organization | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """What somebody writes down; without `lines` it takes those of its kind."""

    kind: str
    title: str
    place: Place
    parties: Sequence[tuple[str, Organization]]
    starts_on: dt.date
    ends_on: dt.date | None = None
    about: str = ""
    facet: str = ""
    anchors: Mapping[str, dt.date] = field(default_factory=dict)
    lines: Sequence[Given] | None = None
    assets: Sequence[Lending] = ()
    request: uuid.UUID | None = None


@transaction.atomic
def draft_agreement(
    *, by: Actor, at: dt.datetime, drafted: Drafted, renews: Agreement | None = None
) -> Agreement:
    """An agreement that nobody has signed yet.

    Raises Forbidden, NotFound `unknown_agreement_kind`, Refused `title_missing`, `not_for_public`, `end_missing`,
    `ends_before`, `party_missing`, `party_twice`, `wrong_body`, `anchor_missing`, `facet_missing`, `asset_missing`.
    """
    require(by, rules.KEEP, path=drafted.place.path)
    check_activity("partnerships")
    if before := _before(drafted.request):
        return before
    pack, reference = _kind(drafted.kind, drafted.starts_on)
    number = next_number("partnerships_agreement", "XY", 4)
    row = Agreement(number=number, kind=drafted.kind, pack=reference, place=drafted.place)
    row.path, row.renews, row.request = drafted.place.path, renews, drafted.request
    row.title = public_words(drafted.title, "title", rules.LONGEST_TITLE)
    row.about = public_words(drafted.about, "about", 500) if drafted.about.strip() else ""
    row.starts_on, row.ends_on = drafted.starts_on, rules.check_term(pack.term, drafted.starts_on, drafted.ends_on)
    row.facet, row.anchors = _facet(pack, drafted.facet), _anchors(pack, drafted.anchors)
    row.drafted_by, row.drafted_at = person_of(by), at
    _check_parties(pack, drafted.parties)
    key, _plain = vault.new_key("agreement", at)
    key.save(force_insert=True)
    row.key = key
    row.save(force_insert=True)
    parties = _add_parties(row, drafted.parties)
    _add_lines(row, parties, _lines(pack, drafted) if drafted.lines is None else drafted.lines)
    _add_assets(row, pack, drafted.assets)
    changes = {"kind": drafted.kind, "pack": reference, "parties": [one.organization.code for one in parties]}
    record(by=by, at=at, action="partnerships.draft", subject=row.reference, changes=changes)
    if renews is not None:
        link(by=by, at=at, source=row.reference, relation="renews", target=renews.reference)
    return row


def _before(request: uuid.UUID | None) -> Agreement | None:
    return Agreement.objects.filter(request=request).first() if request else None


def _kind(kind: str, on: dt.date) -> tuple[AgreementPack, str]:
    found = queries.kinds_in_force(on).get(kind)
    if found is None:
        raise NotFound("unknown_agreement_kind", N_("没有这种协议。请从列表里选。"), field="kind")
    return found


def public_words(text: str, name: str, longest: int) -> str:
    """Words for everybody: there, not too long, without people's names, numbers and doors.

    Raises Refused `title_missing`, `too_long`, `not_for_public`.
    """
    text = tidy(text).replace("\n", " ").strip()
    if not text:
        raise Refused("title_missing", N_("这一项还空着，请写一句。"), field=name)
    if len(text) > longest:
        raise Refused("too_long", N_("写得太长，最多 {longest} 个字。"), longest=longest, field=name)
    found = [one for one in lint.find_in(name, text) if one.kind in (lint.NEVER_IN_CRITICISM | {"name"})]
    if found:
        message = N_("这里会公开，不能写{kind}：{found}。")
        raise Refused("not_for_public", message, kind=lint.WORDS[found[0].kind], found=found[0].found, field=name)
    return text


def _facet(pack: AgreementPack, facet: str) -> str:
    """What the whole of it is of, where the kind has facets and no line of it does."""
    if not facet:
        return ""
    if pack.facet(facet) is None:
        raise Refused("facet_missing", N_("请从列表里选{what}。"), what=pack.facet_of or N_("类别"), field="facet")
    return facet


def _anchors(pack: AgreementPack, given: Mapping[str, dt.date]) -> dict[str, str]:
    for anchor in pack.anchors:
        if anchor.code not in given:
            raise Refused("anchor_missing", N_("请写{name}，条款从这天算起。"), name=anchor.name, field="anchors")
    return {anchor.code: given[anchor.code].isoformat() for anchor in pack.anchors}


def _check_parties(pack: AgreementPack, parties: Sequence[tuple[str, Organization]]) -> None:
    needed = {one.code: one.name for one in pack.roles if not one.optional}
    codes = [code for code, _body in parties]
    rules.check_roles(needed, [one.code for one in pack.roles if not one.several], codes)
    bodies = [body.pk for _code, body in parties]
    if len(set(bodies)) != len(bodies):
        raise Refused("party_twice", N_("同一个单位写了两次，留一次。"), field="parties")
    if len(parties) > rules.MOST_PARTIES:
        raise Refused("too_many", N_("一份协议最多 {most} 方。"), most=rules.MOST_PARTIES, field="parties")
    for code, body in parties:
        role = pack.role(code)
        if role is None:
            raise Refused("party_missing", N_("还缺一方：{name}。"), name=code, field="parties")
        if role.kinds and body.kind not in role.kinds:
            message = N_("{body}不能做“{role}”，请换一个单位。")
            raise Refused("wrong_body", message, body=body.name, role=role.name, field="parties")


def _add_parties(row: Agreement, parties: Sequence[tuple[str, Organization]]) -> list[Party]:
    made = [Party(agreement=row, position=n, organization=body, role=role) for n, (role, body) in enumerate(parties)]
    return Party.objects.bulk_create(made)


def _lines(pack: AgreementPack, drafted: Drafted) -> list[Given]:
    """The usual lines of the kind, owned by whoever of a role stands first; a role that is left out has none."""
    roles = [role for role, _body in drafted.parties]
    return [_usual(one, roles, drafted, pack) for one in pack.lines if one.owner in roles]


def _usual(one: UsualLine, roles: Sequence[str], drafted: Drafted, pack: AgreementPack) -> Given:
    owner = roles.index(one.owner)
    others = tuple(n for n in range(len(roles)) if n != owner) if pack.facets else ()
    due = rules.due_day(one.days, drafted.anchors.get(one.anchor), drafted.starts_on)
    given = {"counted": one.counted, "target": one.target or None, "due_on": due, "illustrative": one.illustrative}
    return Given(one.name, owner, one.evidence, others, one.facet, **given)  # type: ignore[arg-type]  # as declared


def _add_lines(row: Agreement, parties: Sequence[Party], lines: Sequence[Given]) -> None:
    if not lines:
        raise Refused("line_missing", N_("至少写一条：谁做什么。"), field="lines")
    if len(lines) > rules.MOST_LINES:
        raise Refused("too_many", N_("一份协议最多 {most} 条。"), most=rules.MOST_LINES, field="lines")
    made = [_line(row, parties, n, one) for n, one in enumerate(lines, 1)]
    AgreementLine.objects.bulk_create(made)
    through = AgreementLine.partners.through
    pairs = [(line, n) for line, one in zip(made, lines, strict=True) for n in one.partners if n != one.owner]
    through.objects.bulk_create([through(agreementline_id=line.pk, party_id=parties[n].pk) for line, n in pairs])


def _line(row: Agreement, parties: Sequence[Party], position: int, one: Given) -> AgreementLine:
    if not 0 <= one.owner < len(parties):
        raise Refused("owner_missing", N_("请选这一条谁来做。"), field="owner")
    line = AgreementLine(agreement=row, position=position, owner=parties[one.owner], facet=one.facet)
    line.what = public_words(one.what, "what", rules.LONGEST_WHAT)
    line.evidence = public_words(one.evidence, "evidence", 80)
    line.counted, line.target = one.counted.strip()[:8], one.target or None
    if line.target and not line.counted:
        raise Refused("counted_missing", N_("写了目标数，还要写数的是什么（次、人）。"), field="counted")
    line.due_on, line.illustrative = one.due_on or row.ends_on, one.illustrative
    return line


def _add_assets(row: Agreement, pack: AgreementPack, assets: Sequence[Lending]) -> None:
    if len(assets) > rules.MOST_ASSETS:
        raise Refused("too_many", N_("一份协议最多 {most} 处场地。"), most=rules.MOST_ASSETS, field="assets")
    Asset.objects.bulk_create([_asset(row, pack, n, one) for n, one in enumerate(assets, 1)])


def _asset(row: Agreement, pack: AgreementPack, position: int, one: Lending) -> Asset:
    if one.kind not in {kind.code for kind in pack.assets}:
        raise Refused("asset_missing", N_("请选是哪一种场地。"), field="kind")
    asset = Asset(agreement=row, position=position, kind=one.kind, pieces=one.pieces, area=one.area)
    asset.name, asset.purpose = public_words(one.name, "name", 80), public_words(one.purpose, "purpose", 80)
    asset.facet, asset.free_until = _facet(pack, one.facet), one.free_until or row.ends_on
    asset.used_by = one.used_by
    return asset


def _drafting(by: Actor, number: str) -> Agreement:
    """A draft that nobody has signed. Raises Forbidden, Conflict `not_now`."""
    row = queries.get_for(by, number, lock=True)
    require(by, rules.KEEP, path=row.path)
    if row.state != State.DRAFT or row.parties.filter(signed_on__isnull=False).exists():
        raise Conflict("not_now", N_("已经有人签了，不能再改。要改，终止以后重新起草。"))
    return row


@transaction.atomic
def add_line(*, by: Actor, at: dt.datetime, number: str, given: Given) -> AgreementLine:
    """One more line in a draft. Raises Conflict `not_now`, Refused `title_missing`, `owner_missing`, `too_many`."""
    row = _drafting(by, number)
    parties = list(row.parties.order_by("position"))
    last = row.lines.order_by("-position").values_list("position", flat=True).first() or 0
    if row.lines.count() >= rules.MOST_LINES:
        raise Refused("too_many", N_("一份协议最多 {most} 条。"), most=rules.MOST_LINES)
    line = _line(row, parties, last + 1, given)
    line.facet = _facet(queries.kind_of(row), given.facet)
    line.save(force_insert=True)
    line.partners.set([parties[n] for n in given.partners if n != given.owner])
    record(by=by, at=at, action="partnerships.add_line", subject=row.reference, changes={"line": line.position})
    return line


@transaction.atomic
def drop_line(*, by: Actor, at: dt.datetime, number: str, position: int) -> None:
    """A line of a draft that is not wanted; one has to be left. Raises Conflict `not_now`, `last_line`, NotFound."""
    row = _drafting(by, number)
    line = row.lines.filter(position=position).first()
    if line is None:
        raise NotFound("line_not_found", N_("这份协议没有这一条。请回到协议看看。"))
    if row.lines.count() == 1:
        raise Conflict("last_line", N_("至少留一条。先加新的，再去掉这一条。"))
    line.partners.clear()
    line.delete()
    record(by=by, at=at, action="partnerships.drop_line", subject=row.reference, changes={"line": position})


@transaction.atomic
def add_asset(*, by: Actor, at: dt.datetime, number: str, lent: Lending) -> Asset:
    """One more place that is lent, in a draft. Raises Conflict `not_now`, Refused `asset_missing`, `too_many`."""
    row = _drafting(by, number)
    last = row.assets.order_by("-position").values_list("position", flat=True).first() or 0
    if row.assets.count() >= rules.MOST_ASSETS:
        raise Refused("too_many", N_("一份协议最多 {most} 处场地。"), most=rules.MOST_ASSETS)
    asset = _asset(row, queries.kind_of(row), last + 1, lent)
    asset.save(force_insert=True)
    changes = {"asset": asset.position, "area": str(asset.area)}
    record(by=by, at=at, action="partnerships.add_asset", subject=row.reference, changes=changes)
    return asset


@transaction.atomic
def drop_asset(*, by: Actor, at: dt.datetime, number: str, position: int) -> None:
    """A place that is not lent after all, in a draft. Raises Conflict `not_now`, NotFound."""
    row = _drafting(by, number)
    if not row.assets.filter(position=position).delete()[0]:
        raise NotFound("line_not_found", N_("这份协议没有这处场地。请回到协议看看。"))
    record(by=by, at=at, action="partnerships.drop_asset", subject=row.reference, changes={"asset": position})

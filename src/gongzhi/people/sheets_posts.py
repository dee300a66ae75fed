"""The workbook of posts and the people in them: one row a person, or a post that is still empty."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, spoken
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people import actions, rules, vault
from gongzhi.people.actions.accounts import clean_contact
from gongzhi.people.actions.serving import check_titles
from gongzhi.people.models import Employment, Entry, Mandate, Organization, Person, Post, VaultValue
from gongzhi.people.queries import in_force
from gongzhi.people.sheets import MANAGE, check_reach, paths_of
from gongzhi.places.models import Place

_EMPLOYMENT_EN = {
    "full_time": ("full time", "full-time"),
    "part_time": ("part time", "part-time"),
    "office": ("by office", "ex officio"),
    "volunteer": ("volunteer",),
}
_ENTRY_EN = {
    "recruited": ("recruited",),
    "elected": ("elected",),
    "selected": ("selected",),
    "appointed": ("appointed",),
    "transferred": ("transferred",),
}
_ENTRY = spoken({code: (word, *_ENTRY_EN[code]) for code, word in Entry.choices})
_EMPLOYMENT = spoken({code: (word, *_EMPLOYMENT_EN[code]) for code, word in Employment.choices})
_MAX_SEATS = 1_000
COLUMNS = (
    Column("post", N_("岗位代码"), True, N_("同一岗位几个人就写几行，代码一样"), "YS-3-12-wgy"),
    Column("title", N_("岗位名称"), False, N_("新岗位要写"), "网格员"),
    Column("role", N_("角色"), False, N_("新岗位要写；模式里的角色名称，决定能做什么"), "网格员"),
    Column("place", N_("地点代码"), False, N_("新岗位要写：管哪里"), "YS-3-12"),
    Column("organization", N_("组织代码"), False, N_("属于哪个组织；没有就空着"), "YS-command"),
    Column("seats", N_("名额"), False, N_("空着算 1"), "1"),
    Column("eligibility", N_("任职条件"), False, N_("任命时会显示"), "热心居民"),
    Column("name", N_("姓名"), False, N_("空着就只建岗位，不任命"), "演示甲"),
    Column("phone", N_("手机号"), False, N_("登录用；只进保管库，加密存"), "13900000001", also=("电话", "联系电话")),
    Column("decision", N_("任职依据"), False, N_("哪份文件、哪次会"), "演示文〔2026〕1号"),
    Column("since", N_("从哪天起"), False, N_("空着就从今天起"), "2026-01-01", also=("任职日期",)),
    Column("employment", N_("用工类型"), False, N_("专职、兼职、因职务、志愿"), "专职"),
    Column("entry", N_("怎么上任的"), False, N_("招聘、选举、推选、组织任命、调任"), "招聘", also=("来源",)),
    Column("stipend", N_("待遇"), False, N_("照实写，不据此算什么"), "每月补贴 200 元", also=("补贴",)),
)


@dataclass(frozen=True, slots=True)
class PostDraft:
    """One row: the post to make (where it is new) and the person to appoint (where one is named)."""

    code: str
    fresh: bool
    title: str
    role: str
    place: str
    organization: str
    seats: int
    eligibility: str
    incompatible: tuple[str, ...]
    name: str
    phone: str
    decision: str
    since: dt.date
    employment: str
    entry: str
    stipend: str


@dataclass(slots=True)
class _Seat:
    """A post as the checks see it while the rows go by; `holders` are blind indexes of telephones."""

    role: str
    title: str
    path: str
    place: str
    seats: int
    incompatible: tuple[str, ...]
    holders: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class _Known:
    by: Actor
    today: dt.date
    roles: dict[str, str]
    barred: dict[str, tuple[str, ...]]
    places: dict[str, str]
    bodies: set[str]
    posts: dict[str, _Seat]
    held: dict[bytes, list[tuple[str, tuple[str, ...], str]]]


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    model, today = packs.active_model(), local_date(at)
    roles = {
        word: role.code for role in model.roles for word in (role.name, role.code) if role.code in rules.POST_ROLES
    }
    barred = {post.role: post.incompatible for post in model.posts}
    codes = {row["organization"] for row in rows}
    bodies = set(Organization.objects.filter(code__in=codes, valid_to__isnull=True).values_list("code", flat=True))
    posts = {
        post.code: _Seat(post.role, post.title, post.place.path, post.place.code, post.seats, tuple(post.incompatible))
        for post in Post.objects.filter(in_force(today), code__in={row["post"] for row in rows}).select_related("place")
    }
    known = _Known(by, today, roles, barred, paths_of({row["place"] for row in rows}), bodies, posts, {})
    _read_holders(known, rows)
    return known


def _read_holders(known: _Known, rows: Sequence[Row]) -> None:
    """Who holds what now, of the posts and of the telephones in the file, by blind index."""
    phones = {_phone(row["phone"]) for row in rows} - {b""}
    people = VaultValue.objects.filter(field="phone", blind_index__in=phones).values_list("person_id", "blind_index")
    index = {person: bytes(blind or b"") for person, blind in people}
    holding = Mandate.objects.filter(in_force(known.today), in_force(known.today, "post__"))
    for mandate in holding.filter(person__in=index).select_related("post"):
        held = known.held.setdefault(index[mandate.person_id], [])
        held.append((mandate.post.role, tuple(mandate.post.incompatible), mandate.post.title))
    for mandate in holding.filter(post__code__in=known.posts, substitute_for=None).select_related("post"):
        mark = index.get(mandate.person_id, mandate.person_id.bytes)
        known.posts[mandate.post.code].holders.add(mark)


def _phone(text: str) -> bytes:
    try:
        return vault.blind_index("phone", clean_contact("phone", text)) if text else b""
    except Refused:
        return b""


def _check(row: Row, known: _Known) -> PostDraft | None:
    seat = known.posts.get(row["post"])
    fresh = seat is None
    if seat is None:
        seat = _new_seat(row, known)
    check_reach(known.by, seat.path, seat.place)
    if row["organization"] and row["organization"] not in known.bodies:
        raise WrongRow(N_("没有代码是 {code} 的组织"), code=row["organization"])
    draft = _drafted(row, seat, fresh, known)
    index = _phone(draft.phone)
    if not index and not fresh:
        return None
    if index in seat.holders:
        return None
    if index:
        _check_person(index, seat, known)
    known.posts[row["post"]] = seat
    return draft


def _new_seat(row: Row, known: _Known) -> _Seat:
    for name, word in (("title", N_("岗位名称")), ("role", N_("角色")), ("place", N_("地点代码"))):
        if not row[name]:
            raise WrongRow(N_("岗位 {post} 还没有，要写“{column}”"), post=row["post"], column=word)
    if (role := known.roles.get(row["role"])) is None:
        words = "、".join(sorted(word for word in known.roles if not word.isascii()))
        raise WrongRow(N_("没有“{role}”这个角色。可用的有：{words}"), role=row["role"], words=words)
    if (path := known.places.get(row["place"])) is None:
        raise WrongRow(N_("没有代码是 {place} 的地点"), place=row["place"])
    if len(row["post"]) > 80 or "/" in row["post"]:
        raise WrongRow(N_("代码“{code}”不能用：1 到 80 个字，不带斜线"), code=row["post"])
    seats = row.count("seats", N_("名额")) or 1
    if seats > _MAX_SEATS:
        raise WrongRow(N_("名额最多 {most}"), most=_MAX_SEATS)
    return _Seat(role, row["title"], path, row["place"], seats, known.barred.get(role, ()))


def _drafted(row: Row, seat: _Seat, fresh: bool, known: _Known) -> PostDraft:
    if row["name"] and not row["phone"]:
        raise WrongRow(N_("写了姓名，还要写手机号：本人用它登录"))
    if row["phone"] and not _phone(row["phone"]):
        raise WrongRow(N_("手机号不完整。请写 11 位手机号，或带区号的座机号"))
    if row["phone"] and not row["name"]:
        raise WrongRow(N_("写了手机号，还要写姓名"))
    if row["employment"] and row["employment"].lower() not in _EMPLOYMENT:
        raise WrongRow(N_("用工类型写专职、兼职、因职务或志愿"))
    if row["entry"] and row["entry"].lower() not in _ENTRY:
        raise WrongRow(N_("怎么上任的写招聘、选举、推选、组织任命或调任"))
    return PostDraft(
        code=row["post"],
        fresh=fresh,
        title=seat.title,
        role=seat.role,
        place=seat.place,
        organization=row["organization"],
        seats=seat.seats,
        eligibility=row["eligibility"][:120],
        incompatible=seat.incompatible,
        name=row["name"],
        phone=row["phone"],
        decision=row["decision"][:120] or "import",
        since=row.day("since", N_("从哪天起")) or known.today,
        employment=_EMPLOYMENT.get(row["employment"].lower(), ""),
        entry=_ENTRY.get(row["entry"].lower(), ""),
        stipend=row["stipend"][:80],
    )


def _check_person(index: bytes, seat: _Seat, known: _Known) -> None:
    """Whether the person may hold the post beside what they hold and what earlier rows gave them."""
    held = known.held.setdefault(index, [])
    try:
        rules.check_appointment(
            held=[(role, barred) for role, barred, _ in held],
            role=seat.role,
            incompatible=seat.incompatible,
            taken=len(seat.holders),
            seats=seat.seats,
        )
        check_titles(title=seat.title, others=[title for _, _, title in held], reason="")
    except Refused as refused:
        raise WrongRow(refused.message, **refused.facts) from refused
    seat.holders.add(index)
    held.append((seat.role, seat.incompatible, seat.title))


def _write(drafts: Sequence[PostDraft], by: Actor, at: dt.datetime) -> Made:
    made: Made = {"people.Post": [], "people.VaultKey": [], "people.Person": [], "people.VaultValue": []}
    made["people.Mandate"] = []
    posts = {post.code: post for post in Post.objects.filter(code__in=[draft.code for draft in drafts])}
    paths = paths_of({draft.place for draft in drafts}).values()
    places = {place.code: place for place in Place.objects.current().filter(path__in=paths).defer("polygon")}
    bodies = {
        body.code: body for body in Organization.objects.filter(code__in={draft.organization for draft in drafts})
    }
    for draft in drafts:
        if draft.code not in posts:
            posts[draft.code] = _add_post(draft, places[draft.place], bodies.get(draft.organization), by, at)
            made["people.Post"].append(posts[draft.code].pk)
        if draft.phone:
            _appoint(draft, posts[draft.code], made, by, at)
    return {label: keys for label, keys in made.items() if keys}


def _add_post(draft: PostDraft, place: Place, body: Organization | None, by: Actor, at: dt.datetime) -> Post:
    return actions.add_post(
        by=by,
        at=at,
        code=draft.code,
        role=draft.role,
        title=draft.title,
        place=place,
        organization=body,
        seats=draft.seats,
        eligibility=draft.eligibility,
        incompatible=list(draft.incompatible),
        valid_from=min(draft.since, local_date(at)),
    )


def _appoint(draft: PostDraft, post: Post, made: Made, by: Actor, at: dt.datetime) -> None:
    phone = clean_contact("phone", draft.phone)
    person = vault.find_person("phone", phone)
    if person is None:
        person = actions.create_person(by=by, at=at, values={"phone": phone, "name": draft.name})
        made["people.VaultKey"].append(person.key_id)
        made["people.Person"].append(person.pk)
        made["people.VaultValue"] += VaultValue.objects.filter(person=person).values_list("pk", flat=True)
    given: dict[str, Any] = {"decision": draft.decision, "valid_from": draft.since, "entry": draft.entry}
    mandate = actions.appoint(by=by, at=at, person=person, post=post, **given)
    made["people.Mandate"].append(mandate.pk)
    if draft.employment or draft.stipend:
        terms = {"stipend": draft.stipend} if draft.stipend else {}
        actions.set_terms(by=by, at=at, mandate=mandate, employment=draft.employment, terms=terms)


def _held_by(made: Made) -> list[str]:
    """Whoever has signed in since is here to stay."""
    here = Person.objects.filter(pk__in=made.get("people.Person", []), last_login__isnull=False)
    words: Any = here.values_list("mandates__post__title", flat=True)[:20]
    return [f"{word or '—'}：本人已经登录过" for word in words]


POSTS = Kind(
    name="people",
    title=N_("岗位与人员"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=MANAGE,
    about=N_("手机号是登录用的，只进保管库，加密存；名单和留痕里都没有。导入后本人用验证码登录，绑定动态口令。"),
    sheet=60,
    held_by=_held_by,
)

"""Roles and what they may do; who may hold a post; one-time codes. Pure."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gongzhi.common.errors import Refused, TooMany
from gongzhi.common.text import N_

CODE_MINUTES = 10
# The levels of the vault's values (common.personal); the register of processing activities says the same (a test).
VAULT_LEVELS = {"name": "L3", "phone": "L3", "email": "L3", "address": "L3"}
CODE_ATTEMPTS = 5
STAFF_READ = frozenset({"places.read", "cases.read", "statistics.read"})
WORKING = frozenset({"places.read", "cases.read_assigned", "cases.handle", "cases.reveal_contact"})

# The permissions of each role, over its mandate's place or organization. The matrix tests hold their own copy.
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "grid_member": STAFF_READ
    | {"cases.accept", "cases.verify", "cases.report_for", "cases.reveal_contact", "cases.handle", "cases.settle"}
    | {"cases.whistle", "registers.read", "registers.decide", "registers.fill"}
    | {"ballots.count"},
    "patch_lead": STAFF_READ
    | {"cases.accept", "cases.verify", "cases.report_for", "cases.settle", "cases.whistle"}
    | {"registers.fill", "registers.recheck"}
    | {"ballots.count"},
    "secretary": STAFF_READ
    | {"cases.accept", "cases.verify", "cases.close", "cases.approve_deferral", "cases.report_for"}
    | {"cases.admit", "cases.settle", "cases.reply_letter", "cases.judge", "cases.merge"}
    | {"cases.whistle", "cases.rule", "cases.urge", "cases.issue", "people.read", "places.change"}
    | {"cases.callback", "cases.exclude"}
    | {"publications.write", "publications.release", "registers.read", "registers.decide", "registers.import"}
    | {"registers.ask", "registers.approve", "registers.fill", "registers.recheck", "registers.share"}
    | {"duties.read", "duties.fulfil", "duties.excuse", "documents.adopt", "sheets.fill", "people.found"}
    | {"gatherings.hold", "gatherings.read"}
    | {"ballots.hold", "ballots.count", "ballots.read"}
    | {"deliberation.run", "deliberation.read"}
    | {"ledger.read", "ledger.propose", "ledger.approve"}
    | {"projects.read", "projects.propose", "projects.run"}
    | {"partnerships.read", "partnerships.keep", "partnerships.serve"}
    | {"exchange.read", "exchange.keep", "exchange.serve"}
    | {"disclosure.moderate"}
    # Who belongs to the party stands with the branch: no other post reads it, those above included.
    | {"people.party"},
    "dispatcher": STAFF_READ
    | {"cases.accept", "cases.dispatch", "cases.grant_extension", "cases.defer", "cases.refer", "cases.close"}
    | {"cases.verify", "cases.reveal_contact", "cases.report_for", "cases.merge", "people.read"}
    | {"cases.whistle", "cases.urge", "cases.callback", "cases.propose_exclusion"}
    | {"publications.write", "registers.ask"}
    | {"gatherings.read"},
    "department": WORKING | {"registers.ask", "partnerships.serve", "exchange.serve"},
    # Confidential notes open with these permissions alone, and no post that governs holds one.
    "mediator": WORKING | {"cases.mediate", "notes.mediation"},
    "lawyer": WORKING | {"cases.meet", "notes.legal"},
    "counsellor": WORKING | {"cases.meet", "notes.counselling"},
    "supervisor": STAFF_READ
    | {"cases.review", "cases.admit", "cases.approve_deferral", "people.read"}
    | {"cases.rule", "cases.urge", "cases.issue", "cases.draw", "cases.exclude"}
    | {"publications.release"}
    | {"registers.ask", "registers.approve", "registers.recheck", "registers.share", "registers.scene"}
    | {"duties.read", "duties.excuse"}
    | {"sheets.write", "sheets.fill"}
    | {"gatherings.hold", "gatherings.read"}
    | {"ballots.hold", "ballots.count", "ballots.read"}
    | {"deliberation.supervise", "deliberation.read", "people.settle", "people.found"}
    | {"ledger.read", "ledger.propose", "ledger.approve", "ledger.open"}
    | {"projects.read", "projects.propose", "projects.run", "projects.review", "projects.approve"}
    | {"partnerships.read", "partnerships.keep", "partnerships.serve"}
    | {"exchange.read", "exchange.keep"}
    | {"disclosure.moderate", "disclosure.judge"},
    "auditor": STAFF_READ | {"deliberation.read"}
    | {"ballots.read", "gatherings.read", "audit.read", "duties.read", "people.read", "privacy.read"}
    | {"registers.read", "ledger.read", "projects.read", "partnerships.read", "exchange.read"},
    # 个人信息保护负责人 (个人信息保护法 52): answers whoever asks for their rights; reads no case but those requests.
    "privacy_officer": frozenset(
        {"places.read", "people.read", "cases.reply_letter", "privacy.manage", "privacy.read", "privacy.rights"}
        | {"privacy.approve_export", "privacy.breach"}
    ),
    "administrator": frozenset(
        {"places.read", "places.change", "people.read", "people.manage", "people.found", "packs.load"}
        | {"notifications.manage"}
        | {"instance.manage", "registers.import"}
    ),
}
# Neighbours who carry word for others: in a post, but no staff; they see nothing that a resident does not see.
VOLUNTEER_ROLES = frozenset({"neighbour_lead"})
# Members of committees and councils: elected, but no staff; what they decide together runs through procedures.
MEMBER_ROLES = frozenset({"member"})
STAFF_ROLES = frozenset(ROLE_PERMISSIONS)
POST_ROLES = STAFF_ROLES | VOLUNTEER_ROLES | MEMBER_ROLES
EXPERTS = "expert_body"  # the kind of organization whose posts name a profession
# What a body here elects, engages or recalls; who watches or administers it is appointed from above.
SETTLED_ROLES = MEMBER_ROLES | VOLUNTEER_ROLES | {"grid_member", "patch_lead", "secretary"}


def permissions_of(role: str) -> frozenset[str]:
    return ROLE_PERMISSIONS.get(role, frozenset())


def check_settled(role: str) -> None:
    """Raises Refused `appointed_elsewhere` for a post that no resolution begins or ends."""
    if role not in SETTLED_ROLES:
        raise Refused("appointed_elsewhere", N_("这个岗位不由这里选，也不由这里免。请在“组织和任职”里按任免文件办。"))


FOUND = "people.found"
LONGEST_TERM, MOST_SEATS = 10, 99


def check_founding(
    *, kind: str, level: str, levels: Mapping[str, str], instituted: str, name: str, decision: str, term_years: int
) -> None:
    """A body that governs itself begins at a place of a level that its kind names, by a decision.

    `levels`: the kind's levels by code, with their names. Raises Refused `set_up_by_law`, `wrong_level`,
    `name_missing`, `decision_missing`, `bad_term`.
    """
    if instituted:
        raise Refused("set_up_by_law", N_("{kind}：{how}。"), kind=kind, how=instituted, field="kind")
    if level not in levels:
        message = N_("{kind}只建在这些地方：{levels}。请换一个地点，或者换一种组织。")
        raise Refused("wrong_level", message, kind=kind, levels="、".join(levels.values()), field="place")
    if not name:
        raise Refused("name_missing", N_("请写名称。"), field="name")
    if not decision:
        raise Refused("decision_missing", N_("请写凭哪次会议、哪个决定成立的。"), field="decision")
    if not 1 <= term_years <= LONGEST_TERM:
        raise Refused("bad_term", N_("一届写 1 到 {most} 年。"), most=LONGEST_TERM, field="term_years")


def check_seats(seats: Sequence[tuple[str, int]]) -> None:
    """Raises Refused `no_seats`, `bad_seats` for titles twice or seats that are none."""
    if not seats:
        raise Refused("no_seats", N_("请写有哪些岗位、各几个人。"), field="seats")
    titles = [title for title, _ in seats]
    if len(set(titles)) < len(titles) or any(not title or not 1 <= n <= MOST_SEATS for title, n in seats):
        raise Refused("bad_seats", N_("一行一个岗位，后面写人数，比如“组员 2”；岗位不要重名。"), field="seats")


def check_profession(profession: str, known: Collection[str]) -> None:
    """Raises Refused `unknown_profession` for what the model does not list."""
    if profession and profession not in known:
        raise Refused("unknown_profession", N_("模式包里没有这个专业。请从列表里选。"), field="profession")


def needs_second_factor(roles: Collection[str]) -> bool:
    """Staff sign in with a second factor; residents may."""
    return bool(STAFF_ROLES & set(roles))


MOST_FILTERS, LONGEST_FILTER_NAME = 20, 30


def check_filter_name(name: str, taken: Collection[str]) -> str:
    """The name of a saved filter. Raises Refused `filter_name`, `filter_name_taken`."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_FILTER_NAME:
        raise Refused(
            "filter_name", N_("请给筛选起个名字，最多 {most} 个字。"), most=LONGEST_FILTER_NAME, field="name"
        )
    if name in taken:
        raise Refused("filter_name_taken", N_("已有一个叫“{name}”的筛选。请换个名字。"), name=name, field="name")
    return name


def check_filter_room(count: int) -> None:
    """Raises Refused `too_many_filters` when as many are kept as there is room for."""
    if count >= MOST_FILTERS:
        raise Refused("too_many_filters", N_("最多存 {most} 个筛选。请先删掉不用的。"), most=MOST_FILTERS)


def check_appointment(
    *, held: Iterable[tuple[str, Collection[str]]], role: str, incompatible: Collection[str], taken: int, seats: int
) -> None:
    """Refuse a mandate that a rule of the post forbids; `held`: role and incompatible roles of each post held.

    Two posts cannot go together when either says so. Raises Refused `post_full` or `posts_incompatible`.
    """
    if taken >= seats:
        raise Refused("post_full", N_("这个岗位 {seats} 个名额已满。先办离任交接，再任命新人。"), seats=seats)
    clash = sorted({other for other, barred in held if other in incompatible or role in barred})
    if clash:
        raise Refused(
            "posts_incompatible",
            N_("这位现任的岗位和新岗位不能由一人兼任：{roles}。先办其中一项的离任。"),
            roles="、".join(clash),
            role=role,
        )


@dataclass(frozen=True, slots=True)
class Clash:
    """Two posts that do not go together: the other's title, by which rule, refused or only doubtful."""

    other: str
    basis: str
    refused: bool


def clashes(
    title: str, others: Iterable[str], pairs: Iterable[tuple[Collection[str], Collection[str], str, bool]]
) -> list[Clash]:
    """Which of the titles held do not go with a title, by words in them: (words, other words, basis, refused)."""
    found = []
    for other in others:
        for words, against, basis, refused in pairs:
            here, there = _has(title, words) and _has(other, against), _has(other, words) and _has(title, against)
            if here or there:
                found.append(Clash(other, basis, refused))
    return found


def _has(title: str, words: Collection[str]) -> bool:
    return any(word in title for word in words)


def ends_with(title: str, words: Collection[str]) -> bool:
    """Whether a title is one of these posts: 社区书记 is a 书记, 副书记 is none."""
    return any(title.endswith(word) and not title.removesuffix(word).endswith("副") for word in words)


def check_households(codes: Collection[str], most: int) -> None:
    """A neighbour keeps contact with a few doors. Raises Refused `too_many_households`."""
    if len(codes) > most:
        raise Refused(
            "too_many_households",
            N_("一位邻长最多联系 {most} 户，现在写了 {count} 户。请分给别的邻长。"),
            most=most,
            count=len(codes),
        )


def shift_of(day: dt.date, first: dt.time, last: dt.time, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    """A shift from clock times; one that ends at or before it begins goes into the next day."""
    begins = dt.datetime.combine(day, first, zone)
    ends = dt.datetime.combine(day if last > first else day + dt.timedelta(days=1), last, zone)
    return begins, ends


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing that a person may agree to, in the words of the agreement; a new wording is a new version.

    `activity`: the processing activity that rests on it, which has to be in use.
    """

    version: str
    title: str
    words: str
    activity: str


# What needs consent (个人信息保护法 13(1), 25); handling a matter does not: that is the duty of whoever answers.
CONSENTS = {
    "callback": Purpose(
        "1",
        N_("接受回访"),
        N_("事情办完后，可以由没经手的另一个单位打电话问我办得怎样。号码只用这一次。"),
        "callback",
    ),
    "publication": Purpose(
        "1",
        N_("公开我的名字"),
        N_("好人好事这样的表扬，可以写我的名字和做的事。不写号码和门牌。撤回以后马上撤下。"),
        "publication_named",
    ),
    "story": Purpose("1", N_("公开我的话"), N_("写办理故事时，可以引用我说的话。不写名字、门牌和号码。"), "story"),
}


# Not a purpose: the person's own word that they are under fourteen (个人信息保护法 31).
MINOR = "minor"
NOT_FOR_CHILDREN = frozenset({"story"})


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who stands beside a child: sealed under the child's key."""

    name: str
    relation: str


def check_guardian(*, minor: bool, purpose: str, guardian: Guardian | None) -> None:
    """Under fourteen a parent or other guardian agrees; words of children are not published at all.

    Raises Refused `not_for_children`, `guardian_needed`.
    """
    if not minor:
        return
    if purpose in NOT_FOR_CHILDREN:
        raise Refused("not_for_children", N_("不满 14 岁的，不公开说的话，监护人同意也不公开。"))
    if guardian is None or len(guardian.name.strip()) < 2 or not guardian.relation.strip():
        raise Refused(
            "guardian_needed",
            N_("不满 14 岁的，要由父母或者其他监护人来同意。请监护人写下姓名和关系。"),
            field="guardian",
        )


def code_digest(key: bytes, subject: bytes, code: str) -> bytes:
    return hmac.new(key, subject + code.encode(), hashlib.sha256).digest()


def check_code(
    *,
    expected: bytes,
    given: bytes,
    attempts: int,
    used: bool,
    expires_at: dt.datetime,
    at: dt.datetime,
) -> None:
    """Refuse a one-time code that is spent, late, tried too often or wrong.

    Raises TooMany `code_attempts`, Refused `code_expired` or `code_wrong`.
    """
    if attempts >= CODE_ATTEMPTS:
        raise TooMany("code_attempts", N_("试的次数太多了。请重新要一个验证码。"), retry_after=60)
    if used or at >= expires_at:
        raise Refused("code_expired", N_("验证码过期了。请重新要一个。"))
    if not hmac.compare_digest(expected, given):
        raise Refused("code_wrong", N_("验证码不对。请对着收到的 6 位数字再输一次。"))

"""What may be made public, by whom, and what it still lacks. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.packs.model_publications import PublicationKind
from gongzhi.publications.rules import lint
from gongzhi.publications.rules.records import Words

WRITE, RELEASE = "publications.write", "publications.release"
PLACED = ("place", "facility")  # their reference is a place
DUTY_RULE = "duty-rule:"  # how a subject names a rule of the schedule packs
NAMING = "publication"  # the purpose of the consent to be named (个人信息保护法 25)
LONGEST_TITLE, LONGEST_BODY, LONGEST_FACT = 80, 8000, 400
# From which states a step may be taken. A critical item goes through its statement period first.
STEPS: dict[str, tuple[str, ...]] = {
    "edit": ("draft", "statement"),
    "notify": ("draft",),
    "submit": ("draft", "statement"),
    "return": ("review",),
    "release": ("review",),
    "drop": ("draft", "statement", "review"),
    "correct": ("released",),
    "withdraw": ("released",),
    "rectify": ("released",),
    "expire": ("released",),
    "pin": ("released",),
    "state": ("statement",),
    "reply": ("released",),
}


def check_step(step: str, state: str) -> None:
    """Raises Conflict `publication_state`."""
    if state not in STEPS[step]:
        raise Conflict("publication_state", N_("这一条已经往下走了。请刷新，看看现在到哪一步。"), state=state)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the list of what is missing looks at, beside the text itself.

    `notice_over`: the statement period of a critical item has ended; `undecided`: statements nobody has looked at;
    `consented`: None when nobody is named.
    """

    subject_kind: str
    has_subject: bool = True
    has_party: bool = False
    evidence: int = 0
    noticed: bool = False
    notice_over: bool = False
    undecided: int = 0
    consented: bool | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the list: is it there, in which words; `field` leads to the place to mend it."""

    ok: bool
    words: str
    field: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def needs_of(kind: PublicationKind, words: Words, standing: Standing) -> list[Need]:
    """Everything that a release needs, ✗ and ✓; only what can be mended by somebody is listed."""
    needs = [
        Need(bool(words.title.strip()), N_("有标题"), "title"),
        Need(bool(words.body.strip()), N_("有正文"), "body"),
        Need(standing.subject_kind in kind.subjects and standing.has_subject, N_("写明说的是哪里、哪件事"), "subject"),
    ]
    for one in kind.fields:
        if one.required:
            given = bool(words.facts.get(one.code, "").strip())
            needs.append(Need(given, N_("填了“{label}”"), f"fact_{one.code}", (("label", one.label),)))
    if kind.dated:
        needs.append(Need(bool(words.begins_at), N_("写明开始的时间"), "begins_at"))
    needs.append(Need(not left_over(kind, words), N_("没有不该公开的号码、门牌和人名"), "body"))
    if standing.consented is not None:
        needs.append(Need(standing.consented, N_("写到的人本人同意公开名字"), "named"))
    return needs + (_critical_needs(standing) if kind.negative else [])


def _critical_needs(standing: Standing) -> list[Need]:
    """民法典 1025, 1026: checked facts, and the other side was heard."""
    return [
        Need(standing.evidence > 0, N_("有核实的材料（照片）"), "evidence"),
        Need(standing.has_party, N_("写明是哪个单位的事"), "party"),
        Need(standing.noticed, N_("告知过对方"), "notice"),
        Need(standing.notice_over, N_("陈述期满了"), "notice"),
        Need(standing.undecided == 0, N_("对方的陈述看过、定了怎么登"), "statement"),
    ]


def left_over(kind: PublicationKind, words: Words) -> list[lint.Finding]:
    """Findings that still must be covered or confirmed."""
    return lint.forbidden(lint.find_all(words.texts()), negative=kind.negative, confirmed=words.confirmed)


def check_needs(needs: Iterable[Need]) -> None:
    """Raises Refused `publication_incomplete` with everything that is missing."""
    missing = [need for need in needs if not need.ok]
    if missing:
        said = [need.words.format(**dict(need.facts)) for need in missing]
        message = N_("还差 {count} 样，不能往下走：{said}。")
        raise Refused("publication_incomplete", message, count=len(missing), said="；".join(said), missing=said)


def check_before_notice(needs: Iterable[Need]) -> None:
    """For the notice to the other side: everything but what only the notice brings."""
    check_needs(need for need in needs if need.field not in ("notice", "statement"))


def check_subject(kind: PublicationKind, subject_kind: str, *, names_person: bool) -> None:
    """Raises Refused `subject_kind`, `no_person_here`."""
    if subject_kind not in kind.subjects:
        message = N_("“{kind}”不能这样写。请选这一种可以说的：地点、设施、单位、事情或职责。")
        raise Refused("subject_kind", message, kind=kind.name, field="subject_kind")
    if names_person and (kind.negative or not kind.persons):
        raise Refused("no_person_here", N_("“{kind}”不写人名。请说事情、地点或单位。"), kind=kind.name, field="named")


def check_reference(subject_kind: str, reference: str) -> None:
    """Raises Refused `no_person_here`, `subject_unknown`: only matters and duties are named by a reference."""
    if reference.startswith(("person:", "mandate:")):
        raise Refused("no_person_here", N_("这里不能写到人。请说事情、地点、单位或职责。"), field="subject_matter")
    fits = reference.startswith(DUTY_RULE) if subject_kind == "duty" else subject_kind == "matter"
    if reference and not fits:
        raise Refused("subject_unknown", N_("没有找到 {reference}。请核对编号。"), reference=reference)


def corrected_expiry(kind: PublicationKind, released_at: dt.datetime, at: dt.datetime, wanted: dt.date) -> dt.date:
    """Another last day for what is public: ahead of today, counted from the release. Raises Refused `expiry_wrong`."""
    latest = local_date(released_at) + dt.timedelta(days=kind.expiry_days)
    if not local_date(at) < wanted <= latest:
        message = N_("这一种最多公开 {days} 天。请选明天到 {latest} 之间的一天。")
        raise Refused("expiry_wrong", message, days=kind.expiry_days, latest=latest.isoformat(), field="expires_on")
    return wanted


def check_second_person(author: object, releaser: object) -> None:
    """Raises Refused `second_person`: nobody releases what they wrote."""
    if author == releaser:
        raise Refused("second_person", N_("自己写的不能自己发。请另一位有发布权的人看过再发。"))


def statement_ends(kind: PublicationKind, at: dt.datetime) -> dt.datetime:
    """The end of the statement period: full days after the notice."""
    return at + dt.timedelta(days=kind.statement_days)


def expires_on(kind: PublicationKind, at: dt.datetime, wanted: dt.date | None = None) -> dt.date:
    """The first day on which it is public no more. Raises Refused `expiry_wrong` for one in the past or too far."""
    latest = local_date(at) + dt.timedelta(days=kind.expiry_days)
    if wanted is None:
        return latest
    if not local_date(at) < wanted <= latest:
        message = N_("这一种最多公开 {days} 天。请选明天到 {latest} 之间的一天。")
        raise Refused("expiry_wrong", message, days=kind.expiry_days, latest=latest.isoformat(), field="expires_on")
    return wanted


def days_left(until: dt.date, at: dt.datetime) -> int:
    """Whole days to the end, today counted."""
    return max((until - local_date(at)).days, 0)


def check_pin(taken: int, limit: int) -> None:
    """Raises Refused `pin_limit`."""
    if taken >= limit:
        message = N_("这里已置顶 {taken} 条，最多 {limit} 条。先取消一条，再置顶这条。")
        raise Refused("pin_limit", message, taken=taken, limit=limit)


def check_reply_time(released_at: dt.datetime, days: int, at: dt.datetime) -> None:
    """Raises Refused `reply_late`; an objection to a wrong fact is always taken, as a demand."""
    if at > released_at + dt.timedelta(days=days):
        message = N_("回应要在发布后 {days} 天内提。内容不对的话，随时可以报一件事，要求更正。")
        raise Refused("reply_late", message, days=days)


def check_words(words: Words) -> None:
    """Raises Refused `too_long` for a text that no page could show."""
    sizes: Sequence[tuple[str, str, int]] = (
        ("title", words.title, LONGEST_TITLE),
        ("body", words.body, LONGEST_BODY),
        *((f"fact_{code}", value, LONGEST_FACT) for code, value in words.facts.items()),
    )
    for name, text, longest in sizes:
        if len(text) > longest:
            message = N_("写得太长，最多 {longest} 个字，现在 {length} 个。")
            raise Refused("too_long", message, longest=longest, length=len(text), field=name)


def shown_reads(reads: int, least: int) -> int | None:
    """A rounded number, or nothing below the least: 约 40 次. Nobody is counted, only openings."""
    if reads < least:
        return None
    return reads if reads < 10 else reads // 10 * 10

"""Reads: kinds and numbers of the pack, whose spaces, who reads what, lists, one message and its pictures."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from gongzhi.ballots.queries import visible_votes
from gongzhi.common.access import Actor, allows, covers
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import Page, clamp_limit, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.deliberation.models import Course
from gongzhi.disclosure import rules, words
from gongzhi.disclosure.models import Message, State
from gongzhi.documents.models import Evidence
from gongzhi.documents.queries import evidence_of
from gongzhi.duties.registry import Shown, resolve
from gongzhi.packs import queries as packs
from gongzhi.packs.contents import LawPack
from gongzhi.places.models import Place
from gongzhi.places.rules import upwards
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries.tenures import held
from gongzhi.registers.queries.tenures import standing as homes_of

LAW = "cn.neighbours"
PAGE, SEARCHED, MOST_OWN = 20, 200, 30
JOINED = ("key", "place")


def law(on: dt.date) -> LawPack:
    return packs.law(LAW, on)


def reference(on: dt.date) -> str:
    """Name and version of the pack that holds on a day."""
    return f"law:{LAW}@{law(on).version}"


def _basis(pack: LawPack, rule: Any) -> str:
    return f"{rule.source or pack.source} {rule.article}".strip()


def kinds(on: dt.date) -> dict[str, rules.Kind]:
    """By code, in the order of the pack."""
    pack = law(on)
    found = (rule for rule in pack.rules if rule.code.startswith(rules.KIND))
    coded = ((rule.code.removeprefix(rules.KIND), rule) for rule in found)
    return {code: rules.Kind.of(code, rule.params, _basis(pack, rule)) for code, rule in coded}


def kind_of(code: str, on: dt.date) -> rules.Kind:
    """Raises NotFound `unknown_kind`."""
    found = kinds(on).get(code)
    if found is None:
        raise NotFound("unknown_kind", N_("没有这一种帖子。请从列表里选。"), field="kind")
    return found


def reasons(on: dt.date) -> dict[str, rules.Reason]:
    """By code, in the order of the pack."""
    pack = law(on)
    found = (rule for rule in pack.rules if rule.code.startswith(rules.REASON))
    coded = ((rule.code.removeprefix(rules.REASON), rule) for rule in found)
    return {code: rules.Reason(code, rule.params["name"], _basis(pack, rule)) for code, rule in coded}


def numbers(on: dt.date) -> rules.Numbers:
    return rules.Numbers(**law(on).params("limits"))


def listed_words(code: str, on: dt.date) -> tuple[str, ...]:
    """`insults` or `offices`."""
    return tuple(law(on).params(code)["words"])


def levels(on: dt.date) -> list[str]:
    return list(law(on).params("space")["levels"])


def space(code: str, on: dt.date) -> Place:
    """The compound whose space this is; raises NotFound `unknown_space`."""
    rows = Place.objects.current().filter(code=code, level__in=levels(on)).defer("polygon")
    found = rows.first()
    if found is None:
        raise NotFound("unknown_space", N_("没有这个线上社区。请从“线上社区”里进。"))
    return found


def spaces_of(actor: Actor, on: dt.date) -> list[Place]:
    """Where the actor lives or has a home, verified; and for staff, what they look after (the first few)."""
    paths = [one.path for one in homes_of(actor.person_id, "/", on)] if actor.person_id else []
    prefixes = {prefix for path in paths for prefix in upwards(path)}
    rows = Place.objects.current().filter(path__in=prefixes, level__in=levels(on)).defer("polygon")
    known = {place.path: place for place in rows}
    pairs = [(place.path, place.level) for place in known.values()]
    found = {rules.space_of(path, pairs, levels(on)) for path in paths}
    own = [known[path] for path in sorted(one for one in found if one)]
    return own or spaces_kept(actor, on)


def spaces_kept(actor: Actor, on: dt.date) -> list[Place]:
    """What a post looks after: places of the first level that has buildings in it (the first few)."""
    reach = Q(pk__in=[])
    for path in {*actor.paths_for(rules.MODERATE), *actor.paths_for(rules.JUDGE)}:
        reach |= Q(path__startswith=path)
    built = Place.objects.current().filter(kind="building", path__startswith=OuterRef("path"))
    for level in levels(on) if reach != Q(pk__in=[]) else []:
        rows = Place.objects.current().filter(reach, Exists(built), level=level).defer("polygon").order_by("path")
        if found := list(rows[:PAGE]):
            return found
    return []


def lives_at(actor: Actor, path: str, on: dt.date) -> bool:
    """A verified tenure that runs today, of any capacity, in what lies there."""
    if actor.person_id is None:
        return False
    return Tenure.objects.filter(held(on), person_id=actor.person_id, dwelling__path__startswith=path).exists()


def keeps(actor: Actor, path: str) -> bool:
    """Whether a post of the actor looks after what is written there."""
    return any(covers(actor.paths_for(one), path) for one in (rules.MODERATE, rules.JUDGE)) or actor.kind == "system"


def reads_all(actor: Actor, path: str, on: dt.date) -> bool:
    return keeps(actor, path) or lives_at(actor, path, on)


def building_of(person_id: uuid.UUID, path: str, on: dt.date) -> tuple[str, int]:
    """The name of the building of the first home there, and how many homes it has; ("", 0) for a home in none."""
    rows = Tenure.objects.filter(held(on), person_id=person_id, dwelling__path__startswith=path)
    home = rows.select_related("dwelling__parent").order_by("dwelling__path", "id").first()
    above_it = home.dwelling.parent if home else None
    if above_it is None or above_it.kind != "building":
        return "", 0
    return above_it.name, Place.objects.current().filter(parent=above_it, kind="dwelling").count()


def readable(actor: Actor, place: Place, at: dt.datetime) -> QuerySet[Message]:
    """What stands in a space now, as far as the actor may read it."""
    today = local_date(at)
    rows = Message.objects.filter(place=place, answers__isnull=True, state=State.SHOWN, expires_on__gt=today)
    if not reads_all(actor, place.path, today):
        rows = rows.filter(kind__in=[code for code, kind in kinds(today).items() if kind.public])
    return rows.select_related(*JOINED).defer("place__polygon")


@dataclass(frozen=True, slots=True)
class Item:
    """A message as people read it."""

    message: Message
    text: words.Text
    kind: str
    name: str = ""


def items_of(rows: Iterable[Message], on: dt.date) -> list[Item]:
    known = kinds(on)
    return [
        Item(
            one,
            words.text_of(one),
            known[one.kind].name if one.kind in known else one.kind,
            words.name_of(one) if one.name_agreed_at else "",
        )
        for one in rows
    ]


def listed(
    actor: Actor, place: Place, at: dt.datetime, *, kind: str = "", text: str = "", cursor: str = "", limit: int = PAGE
) -> Page[Item]:
    """The newest first. With words to look for: those of the newest 200 that hold them, on one page."""
    rows, today = readable(actor, place, at), local_date(at)
    rows = (rows.filter(kind=kind) if kind else rows).order_by("-id")
    if text:
        found = items_of(rows[:SEARCHED], today)
        return Page([one for one in found if text in one.text.title or text in one.text.body][: clamp_limit(limit)], "")
    if cursor:
        rows = rows.filter(pk__lt=_id_of(cursor))
    size = clamp_limit(limit)
    page = page_of(rows[: size + 1], size, lambda row: (str(row.pk),))
    return Page(items_of(page.items, today), page.next_cursor)


def _id_of(cursor: str) -> uuid.UUID:
    last = decode_cursor(cursor, 1)[0]
    try:
        return uuid.UUID(str(last))
    except ValueError:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None


def own(actor: Actor) -> list[Message]:
    """What the actor wrote, the newest first, whatever became of it."""
    rows = Message.objects.filter(author_id=actor.person_id).exclude(state=State.WITHDRAWN)
    return list(rows.select_related(*JOINED).defer("place__polygon").order_by("-id")[:MOST_OWN])


def may_read(actor: Actor, message: Message, at: dt.datetime) -> bool:
    """Its author and who looks after it always; else while it stands, neighbours or, where it is public, everybody."""
    today = local_date(at)
    if message.author_id is not None and message.author_id == actor.person_id:
        return message.state != State.WITHDRAWN
    if keeps(actor, message.path):
        return message.state != State.WITHDRAWN
    first = message.answers or message
    if any(one.state != State.SHOWN or one.expires_on <= today for one in (message, first)):
        return False
    kind = kinds(today).get(message.kind)
    return (kind is not None and kind.public) or lives_at(actor, message.path, today)


def get_message_for(actor: Actor, number: str, at: dt.datetime, *, lock: bool = False) -> Message:
    """Raises NotFound `unknown_message`."""
    rows = Message.objects.filter(number=number).select_related(*JOINED, "answers").defer("place__polygon")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None or not may_read(actor, found, at):
        raise NotFound("unknown_message", N_("没有这一条，或者它不给您看。"))
    return found


def replies_to(message: Message, at: dt.datetime) -> list[Item]:
    """Shown replies, the oldest first."""
    rows = message.replies.filter(state=State.SHOWN).select_related(*JOINED).defer("place__polygon").order_by("id")
    return items_of(rows[:SEARCHED], local_date(at))


def may_see_media(actor: Actor, number: str) -> bool:
    """Pictures go with their message. documents names no moment: the day is the database's."""
    found = Message.objects.filter(number=number).select_related("answers").first()
    if found is None or found.state == State.WITHDRAWN:
        return False
    if keeps(actor, found.path) or (found.author_id is not None and found.author_id == actor.person_id):
        return True
    today: Any = TruncDate(Now(), tzinfo=CHINA)
    if not Message.objects.filter(pk=found.pk, state=State.SHOWN, expires_on__gt=today).exists():
        return False
    kind = kinds(local_date(found.posted_at)).get(found.kind)
    return (kind is not None and kind.public) or lives_at(actor, found.path, today)


def pictures_of(message: Message) -> list[Evidence]:
    return list(evidence_of([message.reference]).select_related("media"))


def leads_to(actor: Actor, message: Message) -> Shown | None:
    """The open vote or procedure that a message points at, where the reader may see it."""
    return resolve(actor, message.about) if message.about else None


def open_matters(actor: Actor, path: str) -> list[tuple[str, str]]:
    """References and titles of votes and procedures that run in the compound or what it lies in, and the actor sees."""
    reach = Q(path__startswith=path) | Q(path__in=upwards(path))
    running = visible_votes(actor).filter(reach, status="open").order_by("closes_at")
    votes = running.values_list("number", "title")[:PAGE]
    courses = Course.objects.filter(reach, status="running", public=True).order_by("-id")
    named = courses.values_list("number", "about")[:PAGE]
    return [(f"vote:{number}", title) for number, title in votes] + [(f"course:{n}", about) for n, about in named]


def may(actor: Actor, message: Message) -> dict[str, bool]:
    """For the page: what this actor may do as a post, apart from the state."""
    own_one = message.author_id is not None and message.author_id == actor.person_id
    return {"moderate": not own_one and allows(actor, rules.MODERATE, path=message.path), "own": own_one}

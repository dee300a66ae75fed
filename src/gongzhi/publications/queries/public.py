"""What everybody may read: the items of a community, one item with its corrections and replies, its trail."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from gongzhi.audit.models import Entry
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import Page, clamp_limit, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.packs.queries import active_model
from gongzhi.people.queries import posts_with_holders
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import ancestors, find_place
from gongzhi.places.rules import upwards
from gongzhi.publications import rules, words
from gongzhi.publications.models import WAS_PUBLIC, Correction, CorrectionKind, Publication, Reply, ReplyState, State
from gongzhi.publications.queries import JOINED, kind_of, settings
from gongzhi.publications.rules.records import Change, difference, lines_of

COMMUNITIES = (Kind.REGION, Kind.GRID)
SEEN_BY_ALL = ("secretary", "grid_member")


def community(code: str) -> Place:
    """The region or grid whose public page this is; raises NotFound `unknown_place`."""
    place = find_place(code)
    if place is None or place.kind not in COMMUNITIES:
        raise NotFound("unknown_place", N_("没有这个社区。请核对网址，或从首页进。"))
    return place


def reaching(place: Place) -> Q:
    """Items for the place, for what lies in it, and for what it lies in."""
    return Q(path__startswith=place.path) | Q(path__in=[above.path for above in ancestors(place)])


def running(today: dt.date) -> QuerySet[Publication]:
    """Released and not over; the last day counts whether or not the job has come by."""
    return Publication.objects.filter(state=State.RELEASED, expires_on__gt=today)


def running_at(place: Place, at: dt.datetime) -> QuerySet[Publication]:
    """What is public now of a place, of what lies in it and of what it lies in, with what a row shows."""
    return running(local_date(at)).filter(reaching(place)).select_related(*JOINED).defer("place__polygon")


def _moment(text: Any) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None


def _paged(rows: QuerySet[Publication], field: str, cursor: str, limit: int | None) -> Page[Publication]:
    if cursor:
        moment, number = decode_cursor(cursor, 2)
        after = {f"{field}__lt": _moment(moment)}
        rows = rows.filter(Q(**after) | Q(**{field: _moment(moment)}, number__lt=str(number)))
    size = clamp_limit(limit)
    rows = rows.select_related(*JOINED).defer("place__polygon").order_by(f"-{field}", "-number")
    return page_of(rows[: size + 1], size, lambda row: (getattr(row, field).isoformat(), row.number))


def public_page(
    at: dt.datetime, *, place: Place | None = None, kind: str = "", cursor: str = "", limit: int | None = None
) -> Page[Publication]:
    """What is public now, the newest first."""
    rows = running(local_date(at))
    if place is not None:
        rows = rows.filter(reaching(place))
    if kind:
        rows = rows.filter(kind=kind)
    return _paged(rows, "released_at", cursor, limit)


def archive_page(at: dt.datetime, *, place: Place, cursor: str = "", limit: int | None = None) -> Page[Publication]:
    """What was public and is over, the newest first."""
    over = Q(state=State.EXPIRED) | Q(state=State.RELEASED, expires_on__lte=local_date(at))
    rows = Publication.objects.filter(over | Q(state=State.WITHDRAWN), reaching(place))
    return _paged(rows, "released_at", cursor, limit)


def pinned(place: Place, at: dt.datetime) -> list[Publication]:
    """On top: of the place itself and of what it lies in."""
    paths = [place.path, *(above.path for above in ancestors(place))]
    today = local_date(at)
    rows = running(today).filter(path__in=paths, pinned_until__gt=today)
    return list(rows.select_related(*JOINED).defer("place__polygon").order_by("-released_at")[:10])


def counting_down(place: Place, at: dt.datetime) -> list[Publication]:
    """公示 that run now, the one that ends first on top."""
    codes = [kind.code for kind in settings().kinds if kind.counts_down]
    rows = running(local_date(at)).filter(reaching(place), kind__in=codes)
    return list(rows.select_related(*JOINED).defer("place__polygon").order_by("expires_on", "-released_at")[:10])


def state_of_feed(at: dt.datetime, place: Place, kind: str = "") -> tuple[dt.datetime | None, int]:
    """When anything of the list changed last, and how many there are: what a feed's ETag says."""
    rows = running(local_date(at)).filter(reaching(place))
    found = (rows.filter(kind=kind) if kind else rows).aggregate(newest=Max("changed_at"), count=Count("pk"))
    return found["newest"], found["count"]


def posts_here(place: Place, at: dt.datetime) -> list[Any]:
    """Who answers here, by post and never by name: held or empty."""
    rows = posts_with_holders(local_date(at), place.path).filter(place__path=place.path)
    return list(rows.filter(role__in=SEEN_BY_ALL))[:6]


def get_public(number: str) -> Publication:
    """An item that is or was public; raises NotFound `publication_not_found`."""
    rows = Publication.objects.select_related(*JOINED).filter(state__in=WAS_PUBLIC, number=number)
    if (found := rows.first()) is None:
        raise NotFound("publication_not_found", N_("没有这一条。编号可能抄错了，请再看一遍。"))
    return found


@dataclass(frozen=True)
class Item:
    """An item as everybody reads it. `text` is the record that stands now, {} where nothing may be read any more."""

    publication: Publication
    kind_name: str
    state: str
    text: dict[str, Any]
    days_left: int | None
    reads: int | None
    pinned: bool
    corrected: bool
    erased: bool

    @property
    def title(self) -> str:
        return str(self.text.get("title", ""))


def is_over(publication: Publication, at: dt.datetime) -> bool:
    until = publication.expires_on
    return publication.state != State.RELEASED or (until is not None and until <= local_date(at))


def items_of(publications: Sequence[Publication], at: dt.datetime) -> list[Item]:
    """The items of a list with the text that stands now; one statement for all their corrections."""
    done = Correction.objects.filter(
        publication__in=publications, kind=CorrectionKind.CORRECTED, released_at__isnull=False
    )
    newest: dict[Any, Correction] = {}
    for correction in done.select_related("publication__key").order_by("released_at", "pk"):
        newest[correction.publication_id] = correction
    return [_item(one, newest.get(one.pk), at) for one in publications]


def _item(publication: Publication, correction: Correction | None, at: dt.datetime) -> Item:
    over, said = is_over(publication, at), settings()
    kind = said.kind(publication.kind)
    kept = not over or (publication.state != State.WITHDRAWN and kind is not None and kind.archive == "text")
    text = (words.corrected(correction) if correction else words.released(publication)) if kept else {}
    counts = kind is not None and kind.counts_down and not over and publication.expires_on is not None
    until = publication.pinned_until
    return Item(
        publication=publication,
        kind_name=kind.name if kind else publication.kind,
        state=State.EXPIRED if over and publication.state == State.RELEASED else publication.state,
        text=text,
        days_left=rules.days_left(publication.expires_on, at) if counts and publication.expires_on else None,
        reads=rules.shown_reads(publication.reads, said.reads_from),
        pinned=not over and until is not None and until > local_date(at),
        corrected=correction is not None,
        erased=publication.key.destroyed_at is not None,
    )


def item_of(publication: Publication, at: dt.datetime) -> Item:
    return items_of([publication], at)[0]


@dataclass(frozen=True)
class Corrected:
    """One correction as it stands beside the item; `before` and `after`: the records, {} where hidden."""

    correction: Correction
    said: dict[str, str]
    before: dict[str, Any]
    after: dict[str, Any]

    def changes(self, said: Callable[[str], str] = str) -> list[Change]:
        """What went and what came, line by line, without what stayed; `said` translates the labels."""
        lines = [lines_of(record, said) for record in (self.before, self.after)] if self.before else [[], []]
        return [change for change in difference(*lines) if change[0] != "same"]


def corrections_of(item: Item) -> list[Corrected]:
    """The newest first, each with the old text while the item itself may be read."""
    publication = item.publication
    rows = publication.corrections.filter(released_at__isnull=False).select_related(
        "publication__key", "post", "releaser_post"
    )
    found, standing = [], words.released(publication) if item.text else {}
    for correction in rows.order_by("released_at", "pk"):
        hidden = correction.kind == CorrectionKind.CORRECTED and not item.text
        said = words.correction_words(correction) if not hidden else {}
        changed = correction.kind == CorrectionKind.CORRECTED
        after = words.corrected(correction) if changed and item.text else {}
        found.append(Corrected(correction, said, standing if after else {}, after))
        standing = after or standing
    return found[::-1]


def replies_of(item: Item) -> list[tuple[Reply, str]]:
    """Shown replies with their words, the oldest first; none where the item itself is not read any more."""
    if not item.text:
        return []
    rows = item.publication.replies.filter(state=ReplyState.SHOWN)
    rows = rows.select_related("publication__key", "organization").order_by("filed_at")
    return [(reply, words.reply_shown(reply)) for reply in rows]


def may_reply_now(publication: Publication, at: dt.datetime) -> bool:
    """While its days run."""
    if is_over(publication, at) or publication.released_at is None:
        return False
    return at <= publication.released_at + dt.timedelta(days=kind_of(publication.kind).reply_days)


def record_bytes(publication: Publication) -> bytes:
    """The released record, byte for byte; b"" once it may not be read or was erased."""
    return words.open_part(publication, "record", publication.record)


@dataclass(frozen=True)
class Version:
    """One record that stood: as released (`correction` None) or as corrected; its hash in the item's row and the trail.

    `content` is the record byte for byte, b"" where it may not be read any more.
    """

    number: int
    correction: Correction | None
    at: dt.datetime | None
    stored: str
    noted: str
    content: bytes

    @property
    def computed(self) -> str:
        return hashlib.sha256(self.content).hexdigest() if self.content else ""

    @property
    def agrees(self) -> bool:
        return self.computed == self.stored == self.noted


def versions_of(item: Item) -> list[Version]:
    """Every record that ever stood, the first one first: an old hash stays findable for ever."""
    publication, noted = item.publication, _noted(item.publication)
    first = record_bytes(publication) if item.text else b""
    stored = bytes(publication.digest).hex()
    found = [Version(0, None, publication.released_at, stored, noted.get(0, ""), first)]
    rows = publication.corrections.filter(kind=CorrectionKind.CORRECTED, released_at__isnull=False)
    for one in rows.select_related("publication__key").order_by("released_at", "pk"):
        content = words.open_part(publication, "corrected", one.record) if item.text else b""
        stored, noted_hash = bytes(one.digest).hex(), noted.get(one.pk, "")
        found.append(Version(len(found), one, one.released_at, stored, noted_hash, content))
    return found


def _noted(publication: Publication) -> dict[int, str]:
    """The hashes that the trail holds: of the release under 0, of corrections under their keys."""
    rows = Entry.objects.filter(
        subject=publication.reference, action__in=("publications.release", "publications.decide_correction")
    )
    found: dict[int, str] = {}
    for changes in rows.order_by("id").values_list("changes", flat=True):
        said = changes.get("sha256", "")
        if said:
            found[changes.get("correction", 0)] = said[-1] if isinstance(said, list) else said
    return found


@dataclass(frozen=True)
class Nearby:
    """A community and what is on top or new there."""

    place: Place
    items: list[Item]


def nearby(path: str, at: dt.datetime, limit: int = 3) -> Nearby | None:
    """For a place inside it: the nearest community that has a secretary's post, with its items; None without any."""
    if active_model().publications is None:
        return None
    places = Place.objects.current().filter(path__in=upwards(path), kind__in=COMMUNITIES, posts__role="secretary")
    place = max(places.defer("polygon").distinct(), key=lambda one: len(one.path), default=None)
    if place is None:
        return None
    on_top = pinned(place, at)
    newest = public_page(at, place=place, limit=limit).items
    chosen = {one.number: one for one in (*on_top, *newest)}
    items = items_of(list(chosen.values())[:limit], at)
    return Nearby(place, items) if items else None

"""Who holds what on a day: one's own, one row for those concerned, the standing that votes and bookings rest on."""

import datetime as dt
import hmac
import uuid
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Q, QuerySet

from gongzhi.common import sealing
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.paging import decode_cursor
from gongzhi.common.sealing import Unreadable
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.packs import queries as packs
from gongzhi.packs.contents import LawPack
from gongzhi.people import vault
from gongzhi.places.models import Kind, Place
from gongzhi.registers.models import RegisterConflict, Status, Tenure
from gongzhi.registers.rules import tenure as rules

READ, DECIDE = "registers.read", "registers.decide"
LAW = "cn.owners"


def law(on: dt.date) -> LawPack:
    """The law pack that owners' registers follow on a day; before the first one that is known, that one.

    Areas and heads are counted in the same words since 2009 (法释〔2009〕7号 8, 9). Raises NotFound `no_pack_in_force`.
    """
    if (row := packs.newest("law", LAW, on) or packs.newest("law", LAW)) is None:
        return packs.law(LAW, on)
    found = packs.content_of(row)
    assert isinstance(found, LawPack)  # noqa: S101 - the row's kind says so
    return found


def proofs(on: dt.date) -> dict[str, rules.Proof]:
    """Kinds of proof by code."""
    return rules.proofs_in(law(on).rules)


def limits(on: dt.date) -> dict[str, int]:
    """{tenant_days, remind_days, most_heads}."""
    found: dict[str, int] = law(on).params("limits")
    return found


def reasons(on: dt.date) -> dict[str, str]:
    """Why a declaration may be refused: words by code."""
    every = law(on).rules
    return {
        rule.code.removeprefix("reason."): rule.params["name"] for rule in every if rule.code.startswith("reason.")
    }


def held(on: dt.date, prefix: str = "") -> Q:
    """Tenures that count on a day: approved (then or since ended), begun, neither ended nor past their contract."""
    begun = Q(
        **{
            f"{prefix}status__in": (Status.APPROVED, Status.ENDED),
            f"{prefix}decided_at__isnull": False,
            f"{prefix}valid_from__lte": on,
        }
    )
    lasting = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    running = Q(**{f"{prefix}expires_on__isnull": True}) | Q(**{f"{prefix}expires_on__gt": on})
    return begun & lasting & running


def share_of(row: Tenure) -> Fraction | None:
    """An owner's share; None: joint."""
    if row.share_numerator is None or row.share_denominator is None:
        return None
    return Fraction(row.share_numerator, row.share_denominator)


class Standing(NamedTuple):
    """As what a person is verified at one dwelling on a day. `share` is an owner's; None: joint, or no owner."""

    capacity: str
    dwelling: str
    path: str
    since: dt.date
    share: Fraction | None
    lives_here: bool
    representative: bool
    reference: str


def standing(person_id: uuid.UUID, path: str, on: dt.date) -> list[Standing]:
    """Where under `path` a person is a verified owner, tenant, family member or user on a day; empty: nowhere.

    What votes, bookings, appraisals and points of neighbours ask: only what somebody else approved counts, and only
    while it runs. `path` is the path of any place ("/3211/PC/"): a dwelling's own for one home. Ordered by dwelling.
    """
    rows = Tenure.objects.filter(held(on), person_id=person_id, dwelling__path__startswith=path)
    return [
        Standing(
            row.capacity,
            row.dwelling.code,
            row.dwelling.path,
            row.valid_from,
            share_of(row),
            row.lives_here,
            row.representative,
            row.reference,
        )
        for row in rows.select_related("dwelling").order_by("dwelling__path", "id")
    ]


def own_tenures(actor: Actor) -> QuerySet[Tenure]:
    """What one holds, declared or named of others, the newest first."""
    own = Q(person_id=actor.person_id) | Q(declared_by=actor.reference)
    rows = Tenure.objects.filter(own).select_related("dwelling__parent", "key", "transferred_from")
    return rows.order_by("-declared_at", "-id")


def owned_by(person_id: uuid.UUID | None, dwelling: Place, on: dt.date) -> bool:
    """Whether somebody is a verified owner of a dwelling."""
    if person_id is None:
        return False
    return Tenure.objects.filter(held(on), person_id=person_id, dwelling=dwelling, capacity="owner").exists()


def household_of(dwelling: Place, on: dt.date) -> list[Tenure]:
    """The verified and named who live in a dwelling: they choose who speaks for it."""
    rows = Tenure.objects.filter(
        held(on), dwelling=dwelling, status=Status.APPROVED, person__isnull=False, lives_here=True
    )
    return list(rows.order_by("id"))


def get_tenure_for(actor: Actor, number: int, permission: str = READ) -> Tenure:
    """One tenure for its holder, for who declared it, or by mandate; else NotFound `unknown_tenure`."""
    rows = Tenure.objects.select_related("dwelling__parent", "key", "organization", "transferred_from")
    row = rows.filter(pk=number).first()
    if row is None or not (_concerns(actor, row) or allows(actor, permission, path=row.dwelling.path)):
        raise NotFound("unknown_tenure", N_("没有这一条登记，或者它不归您看。"))
    return row


def get_own_tenure(actor: Actor, number: int) -> Tenure:
    """One tenure for its holder or for who declared it; else NotFound `unknown_tenure`."""
    row = Tenure.objects.select_related("dwelling__parent", "key").filter(pk=number).first()
    if row is None or not _concerns(actor, row):
        raise NotFound("unknown_tenure", N_("没有这一条登记，或者它不归您看。"))
    return row


def _concerns(actor: Actor, row: Tenure) -> bool:
    return actor.kind == "person" and (row.person_id == actor.person_id or row.declared_by == actor.reference)


def may_see_papers(actor: Actor, identifier: str) -> bool:
    """Who may see the photos of a proof: whose it is, and who decides there. Readers of the register may not."""
    row = Tenure.objects.filter(pk=int(identifier)).select_related("dwelling").first() if identifier.isdigit() else None
    return row is not None and (_concerns(actor, row) or allows(actor, DECIDE, path=row.dwelling.path))


def papers_of(row: Tenure) -> list[str]:
    """The media of a proof."""
    return [str(one.media_id) for one in evidence_of([row.reference])]


def note_context(key_id: uuid.UUID | None) -> str:
    return f"tenure:{key_id}:note"


def note_of(row: Tenure) -> str:
    """The reason in words, opened; empty when there is none or it was erased."""
    if row.note is None or row.key is None:
        return ""
    try:
        return sealing.unseal(vault.open_key(row.key), bytes(row.note), note_context(row.key_id)).decode()
    except Unreadable:
        return ""


def join_code(row: Tenure) -> str:
    """What an owner hands to a tenant so that they say themselves who they are; nothing is stored for it."""
    return f"{row.pk}-{readable_code(vault.keyring().derive('tenure-join'), row.reference)}"


def tenure_by_code(code: str, on: dt.date) -> Tenure:
    """The count of tenants that a code belongs to. A wrong and an old code are one answer: NotFound `unknown_code`."""
    number, _, _word = code.strip().upper().partition("-")
    rows = Tenure.objects.filter(heads__isnull=False, stand_in__isnull=True, capacity="tenant")
    row = rows.filter(pk=int(number)).select_related("dwelling__parent").first() if number.isdigit() else None
    running = row is not None and row.valid_to is None and row.status in (Status.DECLARED, Status.APPROVED)
    given = code.strip().upper().encode()
    if row is None or not running or not hmac.compare_digest(join_code(row).encode(), given):
        raise NotFound("unknown_code", N_("没有这个邀请码，或者已经作废。请房东再给一个。"))
    return row


def tenures_under(actor: Actor, path: str, permission: str = READ) -> QuerySet[Tenure]:
    """Every tenure of the dwellings under a place. Raises Forbidden."""
    require(actor, permission, path=path)
    return Tenure.objects.filter(dwelling__path__startswith=path).select_related("dwelling__parent", "key")


def _reach(actor: Actor, permission: str, prefix: str = "dwelling__") -> Q:
    if actor.kind == "system":
        return Q()
    reach = Q(pk__in=[])
    for path in actor.paths_for(permission):
        reach |= Q(**{f"{prefix}path__startswith": path})
    return reach


def waiting_for(actor: Actor) -> QuerySet[Tenure]:
    """Declared and named holders have agreed: to be decided where the actor may, the oldest first."""
    require(actor, DECIDE)
    agreed = Q(person__isnull=True) | Q(confirmed_at__isnull=False)
    rows = Tenure.objects.filter(_reach(actor, DECIDE), agreed, status=Status.DECLARED)
    return rows.select_related("dwelling__parent", "key", "organization").order_by("declared_at", "id")


def behind_waiting(rows: QuerySet[Tenure], cursor: str) -> QuerySet[Tenure]:
    """The declarations behind a cursor of `waiting_for`. Raises Refused `bad_cursor`."""
    if not cursor:
        return rows
    try:
        moment, last = decode_cursor(cursor, 2)
        at, last = dt.datetime.fromisoformat(moment), min(int(last), 2**63 - 1)
    except (TypeError, ValueError):
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None
    return rows.filter(Q(declared_at__gt=at) | Q(declared_at=at, id__gt=last))


def expiring_for(actor: Actor, on: dt.date) -> QuerySet[Tenure]:
    """Approved and soon over, or over already and not ended, the nearest first."""
    require(actor, DECIDE)
    until = on + dt.timedelta(days=limits(on)["remind_days"])
    rows = Tenure.objects.filter(_reach(actor, DECIDE), status=Status.APPROVED, expires_on__lte=until)
    return rows.select_related("dwelling__parent").order_by("expires_on", "id")


def conflicts_for(actor: Actor) -> QuerySet[RegisterConflict]:
    """Rows of lists that contradict the register and wait for somebody to pick."""
    require(actor, DECIDE)
    rows = RegisterConflict.objects.filter(_reach(actor, DECIDE), decision="")
    return rows.select_related("dwelling__parent", "key", "held").order_by("id")


def find_dwelling(building: Place, room: str) -> Place:
    """The dwelling of a building by what stands on its door ("2单元301", "2-301", "301"); NotFound `unknown_room`."""
    wanted = _door(room)
    rows = Place.objects.current().filter(kind=Kind.DWELLING, path__startswith=building.path).order_by("code")
    doors = [(row, (_door(row.name), _tail(row, building))) for row in rows.only("code", "name", "path")]
    found = [row for row, names in doors if wanted and wanted in names]
    if len(found) != 1:
        raise NotFound(
            "unknown_room", N_("这栋楼里没有找到“{room}”。有单元的请连单元一起写，如 2-301。"), room=room, field="room"
        )
    return Place.objects.get(pk=found[0].pk)


def _door(text: str) -> str:
    for word in ("单元", "栋", "幢"):
        text = text.replace(word, "-")
    return text.replace("室", "").replace("号", "").replace(" ", "").replace("－", "-").strip("-")


def _tail(row: Place, building: Place) -> str:
    return row.code.removeprefix(f"{building.code}-")


def address_of(dwelling: Place) -> str:
    """柳园小区5栋 2单元 301室."""
    return f"{dwelling.parent.name} {dwelling.name}" if dwelling.parent else dwelling.name


def shares_held(dwelling: Place, on: dt.date, leaving: Iterable[int] = ()) -> list[Fraction | None]:
    """The shares of a dwelling's owners in force, without those who leave."""
    rows = Tenure.objects.filter(held(on), dwelling=dwelling, capacity="owner").exclude(pk__in=list(leaving))
    return [share_of(row) for row in rows]

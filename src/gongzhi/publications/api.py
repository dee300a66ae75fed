"""Endpoints of what is made public: the list, one item with its hash, a draft handed in by a program."""

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request, begin_request, find_answer, remember_answer
from gongzhi.audit.once import KEY_HEADER, answered, check_key
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.paging import clamp_limit
from gongzhi.common.problems import PROBLEMS
from gongzhi.people.bearer import signed_in
from gongzhi.places.queries import get_place
from gongzhi.publications import actions
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import SubjectKind
from gongzhi.publications.queries import public
from gongzhi.publications.queries.public import Item
from gongzhi.publications.rules.records import Words

router = Router(tags=["publications"])
DRAFTS, WINDOW = 60, 600
_PLAIN = r"^[^\x00]*$"
_PUBLIC: dict[str, Any] = {"security": []}
Plain = Annotated[str, Field(pattern=_PLAIN)]
Number = Annotated[str, Field(max_length=30, pattern=_PLAIN)]


class PublicationRow(Schema):
    """One item of the list, as it stands now."""

    number: str
    kind: str
    kind_name: str
    title: str
    place: str
    released_at: dt.datetime
    expires_on: dt.date
    corrected: bool
    sha256: str = Field(description="of the record as it was released")
    address: str


class PublicationPage(Schema):
    items: list[PublicationRow]
    next_cursor: str | None = Field(description="of the next page; null on the last one")


class ChangeOut(Schema):
    what: Literal["gone", "new"]
    line: str


class CorrectionOut(Schema):
    kind: str = Field(description="corrected, rectified or withdrawn")
    wrong: str
    right: str
    why: str
    released_at: dt.datetime
    sha256: str = Field(description="of the corrected record; empty where no text was corrected")
    changes: list[ChangeOut] = Field(description="line by line, in the order of the text")


class ReplyOut(Schema):
    before_release: bool
    organization: str
    text: str
    filed_at: dt.datetime


class PublicationOut(Schema):
    """One item; text and facts are empty once it may not be read any more."""

    number: str
    kind: str
    kind_name: str
    state: str
    title: str
    body: str
    facts: list[list[str]]
    basis: str
    pictures: list[dict[str, str]]
    released_at: dt.datetime
    expires_on: dt.date
    sha256: str
    corrections: list[CorrectionOut]
    replies: list[ReplyOut]


class DraftIn(Schema):
    """A draft; a person reviews and releases it. About a body or by notice: continue on the page."""

    kind: Annotated[str, Field(max_length=64, pattern=_PLAIN)]
    place_code: Annotated[str, Field(max_length=64, pattern=_PLAIN)]
    title: Annotated[str, Field(max_length=80, pattern=_PLAIN)]
    body: Annotated[str, Field(max_length=8000, pattern=_PLAIN)]
    about: Annotated[str, Field(max_length=120, pattern=_PLAIN)] = ""
    subject_kind: Annotated[str, Field(json_schema_extra={"enum": list(SubjectKind.values)})] = "matter"
    facts: dict[str, Plain] = Field(default_factory=dict, description="field code of the kind → value")
    begins_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    expires_on: dt.date | None = None


class DraftOut(Schema):
    number: str
    state: str


def _row(item: Item, host: str) -> dict[str, Any]:
    publication = item.publication
    return {
        "number": publication.number,
        "kind": publication.kind,
        "kind_name": item.kind_name,
        "title": item.title,
        "place": publication.place.code,
        "released_at": publication.released_at,
        "expires_on": publication.expires_on,
        "corrected": item.corrected,
        "sha256": bytes(publication.digest).hex(),
        "address": f"{host}/n/{publication.number}",
    }


@router.get(
    "/publications",
    response={200: PublicationPage, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="list_publications",
    auth=None,
)
def list_publications(
    request: HttpRequest,
    region: Annotated[str, Field(max_length=64, pattern=_PLAIN)] = "",
    kind: Annotated[str, Field(max_length=64, pattern=_PLAIN)] = "",
    cursor: Annotated[str, Field(max_length=200)] = "",
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """What is public now, the newest first; `region` is a place code: its own items, and those above and below."""
    at = clock.now()
    place = get_place(region) if region else None
    page = public.public_page(at, place=place, kind=kind, cursor=cursor, limit=clamp_limit(limit))
    rows = [_row(item, settings.HOST_URL) for item in public.items_of(page.items, at)]
    return {"items": rows, "next_cursor": page.next_cursor or None}


@router.get(
    "/publications/{number}",
    response={200: PublicationOut, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="read_publication",
    auth=None,
)
def read_publication(
    request: HttpRequest, number: Annotated[str, Field(max_length=30, pattern=_PLAIN)]
) -> dict[str, Any]:
    """One item that is or was public, with its corrections and replies."""
    item = public.item_of(public.get_public(number), clock.now())
    publication, text = item.publication, item.text
    return {
        **{name: getattr(publication, name) for name in ("number", "kind", "released_at", "expires_on")},
        "kind_name": item.kind_name,
        "state": str(item.state),
        **{name: text.get(name, "") for name in ("title", "body", "basis")},
        **{name: text.get(name, []) for name in ("facts", "pictures")},
        "sha256": bytes(publication.digest).hex(),
        "corrections": [_correction(one) for one in public.corrections_of(item)],
        "replies": [
            {
                "before_release": reply.before_release,
                "organization": reply.organization.name if reply.organization else "",
                "text": shown,
                "filed_at": reply.filed_at,
            }
            for reply, shown in public.replies_of(item)
        ],
    }


def _correction(one: public.Corrected) -> dict[str, Any]:
    said = {name: one.said.get(name, "") for name in ("wrong", "right", "why")}
    made = one.correction
    changes = [{"what": what, "line": line} for what, line in one.changes()]
    shown = {"kind": made.kind, "released_at": made.released_at, "sha256": bytes(made.digest).hex()}
    return {**shown, **said, "changes": changes}


@router.post(
    "/publications",
    response={201: DraftOut, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="draft_publication",
    auth=signed_in,
)
def draft_publication(request: HttpRequest, body: DraftIn) -> HttpResponse:
    """Hand in a draft. Two people still look at it; a program releases nothing."""
    at, actor = clock.now(), signed_in(request)
    key = check_key(request.headers.get("Idempotency-Key", ""))
    asked = Request(actor.reference, key, hashlib.sha256(request.body).digest())
    earlier = begin_request(asked, what="draft", who=actor.reference, limit=DRAFTS, seconds=WINDOW, at=at)
    answer = earlier or _written(asked, actor, body, at)
    return answered(answer, status=201, replayed=bool(earlier))


def _written(asked: Request, actor: Actor, body: DraftIn, at: dt.datetime) -> dict[str, Any]:
    times = {"begins_at": _iso(body.begins_at), "ends_at": _iso(body.ends_at)}
    text = Words(title=body.title, body=body.body, about=body.about, facts=body.facts, **times)
    try:
        with transaction.atomic():
            made = actions.begin_publication(
                by=actor,
                at=at,
                kind=body.kind,
                place=get_place(body.place_code),
                text=text,
                subject=Subject(body.subject_kind),
                wanted_expiry=body.expires_on,
            )
            answer = {"number": made.number, "state": str(made.state)}
            remember_answer(asked, answer, at=at)
        return answer
    except IntegrityError:
        # Another request with the same key was faster by a moment.
        if not asked.key or (found := find_answer(asked)) is None:
            raise
        return found


def _iso(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment else ""

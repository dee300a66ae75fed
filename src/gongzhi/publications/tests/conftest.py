"""Items in any state, written by the secretary and released by the supervisor."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.publications import actions
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import Publication
from gongzhi.publications.rules.records import Words
from tests import cast
from tests.cast import NOW, SETUP, World

BODY = "5月20日上午9点到11点，小区消防通道旁要换水管，请绕行。"
Make = Callable[..., Publication]


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


@pytest.fixture
def templates(world: World) -> None:
    """The paper templates and the schedule rules as shipped."""
    for path in shipped.common_packs():
        if path.parent.name in ("papers", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)


def photo(colour: str = "teal") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return SimpleUploadedFile("place.jpg", buffer.getvalue(), "image/jpeg")


def text_of(kind: str, **more: Any) -> Words:
    facts = {
        "notice": {"contact": "居委会值班室"},
        "public_notice": {"why": "让大家看看选的地方合适不合适", "objection": "居委会"},
        "activity": {"where": "社区活动室", "join": "直接来"},
        "accounts": {"period": "第一季度", "income": "12000元", "expense": "8000元", "checked_by": "居务监督委员会"},
        "exposure": {"checked": "5月18日、19日两次到现场看过", "rectify_by": "2026-04-10"},
    }.get(kind, {})
    begins = "2026-04-01T01:00:00+00:00" if kind == "activity" else ""
    plain = {"title": "换水管请绕行", "body": BODY, "about": "消防通道", "facts": facts, "begins_at": begins}
    return Words(**{**plain, **more})


@pytest.fixture
def draft(world: World) -> Make:
    """`draft("notice")`: a draft of the secretary for the residents of PC-1."""

    def _draft(kind: str = "notice", *, who: str = "secretary", at: dt.datetime = NOW, **more: Any) -> Publication:
        party = world.units["property-1"] if kind == "exposure" else None
        subject = more.pop("subject", Subject("facility" if kind == "exposure" else "matter", party=party))
        named, expiry = more.pop("named", None), more.pop("wanted_expiry", None)
        return actions.begin_publication(
            by=world.actor(who),
            at=at,
            kind=kind,
            place=world.places["PC-1"],
            text=text_of(kind, **more),
            subject=subject,
            named=named,
            wanted_expiry=expiry,
        )

    return _draft


@pytest.fixture
def release(world: World, draft: Make) -> Make:
    """A released item: a critical one goes through notice and statement period first."""

    def _release(kind: str = "notice", *, at: dt.datetime = NOW, **more: Any) -> Publication:
        made = draft(kind, at=at, **more)
        writer, number = world.actor("secretary"), made.number
        if kind == "exposure":
            actions.add_pictures(by=writer, at=at, number=number, uploads=[photo()], evidence=True)
            actions.notify_party(by=writer, at=at, number=number)
            at = at + dt.timedelta(days=5)
        actions.submit_publication(by=writer, at=at, number=number)
        return actions.release_publication(by=world.actor("supervisor"), at=at, number=number)

    return _release

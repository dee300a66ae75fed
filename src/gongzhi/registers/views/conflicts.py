"""名册出入: what lists say against the register, both sides beside each other, decided by who did not bring it."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.personal import asked_for, viewer_of
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.registers import actions
from gongzhi.registers.actions import conflicts as deciding
from gongzhi.registers.actions.keeping import words_of
from gongzhi.registers.models import Capacity, RegisterConflict
from gongzhi.registers.models.tenure import DECISIONS
from gongzhi.registers.queries import owners, tenures
from gongzhi.registers.rules import tenure as rules

PAGE = 50
KINDS = {
    "other_name": N_("同一个电话，两个名字"),
    "shares": N_("加起来超过整套，或者份额不同"),
    "other_count": N_("人数或者到期日期不同"),
    "area": N_("面积不同"),
}


@never_cache
@require_safe
def conflicts(request: HttpRequest) -> HttpResponse:
    """Rows of lists that contradict the register, side by side with what it holds; all of them as a workbook."""
    if request.GET.get("export") == "xlsx":
        actor = actor_of(request)
        return _conflicts_file(_rows(tenures.conflicts_for(actor), actor))
    return _conflicts_page(request)


def _conflicts_page(request: HttpRequest, shown: dict[str, Any] | None = None) -> HttpResponse:
    actor = actor_of(request)
    every = tenures.conflicts_for(actor)
    found = list(_behind(every, request.GET.get("after", ""))[: PAGE + 1])
    more = encode_cursor(str(found[PAGE - 1].pk)) if len(found) > PAGE else ""
    facts = {
        "rows": _rows(found[:PAGE], actor),
        "count": every.count(),
        "shown": shown or {},
        "next_url": f"?after={more}" if more else "",
    }
    return render(request, "registers/conflicts.html", facts)


def _behind(rows: Any, cursor: str) -> Any:
    """The rows behind a cursor. Raises Refused `bad_cursor`."""
    if not cursor:
        return rows
    try:
        return rows.filter(pk__gt=uuid.UUID(str(decode_cursor(cursor, 1)[0])))
    except ValueError:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None


def _rows(found: Iterable[RegisterConflict], actor: Actor) -> list[dict[str, Any]]:
    """Both sides of each: statements for all together, however many there are."""
    every = list(found)
    about_people = [one for one in every if one.kind != "area"]
    people = deciding.known_people(about_people)
    names = owners.names_for(actor, (one.held for one in about_people if one.held))
    seen = vault.shown_to(actor, [person for person in people.values() if person])
    return [
        _of_area(one, actor) if one.kind == "area" else _of_people(one, names, _seen(seen, people[one.pk]), actor)
        for one in every
    ]


def _seen(seen: dict[uuid.UUID, dict[str, str]], person: uuid.UUID | None) -> dict[str, str]:
    return seen.get(person, {}) if person else {}


def _common(one: RegisterConflict, actor: Actor) -> dict[str, Any]:
    words = dict(DECISIONS)
    return {
        "one": one,
        "address": tenures.address_of(one.dwelling),
        "kind": KINDS[one.kind],
        "choices": [(code, words[code]) for code in deciding.CHOICES[one.kind]],
        "own": one.brought_by == actor.reference,
    }


def _of_area(one: RegisterConflict, actor: Actor) -> dict[str, Any]:
    said, features = words_of(one), one.dwelling.features
    source = said["source"]
    held = features.get(f"area_{source}")
    return {
        **_common(one, actor),
        "source": owners.source_word(source),
        "held_area": rules.write_area(held) if held is not None else "",
        "held_on": features.get(f"area_{source}_on") or "",
        "held_said": features.get(f"area_{source}_from") or "",
        "area": rules.write_area(said["value"]),
        "on": said["on"],
        "said": said["said"],
    }


def _of_people(one: RegisterConflict, names: dict[int, str], seen: dict[str, str], actor: Actor) -> dict[str, Any]:
    listed = deciding.open_conflict(one)
    return {
        **_common(one, actor),
        "held": one.held,
        "held_name": names.get(one.held.pk, "") if one.held else seen.get("name", ""),
        "held_share": tenures.share_of(one.held) if one.held else None,
        "listed": listed,
        "name": vault.as_seen("name", listed.name, viewer_of(actor)),
        "phone": vault.as_seen("phone", listed.phone, viewer_of(actor)),
        "capacity": Capacity(listed.capacity).label,
    }


def _conflicts_file(rows: list[dict[str, Any]]) -> HttpResponse:
    headers = [_("房屋代码"), _("地址"), _("哪里不一"), _("名册里"), _("表里"), _("哪天导入的")]
    lines = (
        (
            row["one"].dwelling.code,
            row["address"],
            _(row["kind"]),
            *(_area_sides(row) if row["one"].kind == "area" else _people_sides(row)),
            local_date(row["one"].brought_at),
        )
        for row in rows
    )
    return rows_as_xlsx(_("名册出入"), headers, lines, note=_("姓名和电话只显示一部分。"))


def _area_sides(row: dict[str, Any]) -> tuple[str, str]:
    held = (row["source"], row["held_area"] or "—", row["held_on"], row["held_said"])
    return _joined(*held), _joined(row["source"], row["area"], row["on"], row["said"])


def _people_sides(row: dict[str, Any]) -> tuple[str, str]:
    held, listed = row["held"], row["listed"]
    mine = (row["held_name"], held.heads, row["held_share"], held.valid_from, held.expires_on) if held else ()
    theirs = (row["name"], row["phone"], listed.heads, listed.share, listed.since, listed.until)
    return _joined(*(mine or (row["held_name"],))), _joined(*theirs)


def _joined(*parts: Any) -> str:
    return _("，").join(str(part) for part in parts if part)


def _conflict_for(request: HttpRequest, number: uuid.UUID) -> tuple[Actor, RegisterConflict]:
    actor = actor_of(request)
    row = tenures.conflicts_for(actor).filter(pk=number).first()
    if row is None:
        raise NotFound("unknown_conflict", N_("这一处已经定了，或者不归您管。"))
    return actor, row


@require_POST
def decide_conflict(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Pick one side."""
    actor, row = _conflict_for(request, number)
    decision = request.POST.get("decision", "")
    actions.decide_conflict(by=actor, at=clock.now(), conflict=row, decision=decision)
    messages.success(request, _("定了。"))
    return redirect("register-conflicts")


@never_cache
@require_POST
def show_conflict(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Both names in clear, once a purpose is written."""
    with asked_for(f"conflict:{number}", "name,phone"):
        actor, row = _conflict_for(request, number)
    purpose = request.POST.get("purpose", "").strip()[:80]
    if not purpose:
        raise Refused("purpose_missing", N_("请写一句为什么要看。本人看得到这句话。"))
    now = clock.now()
    listed = actions.read_conflict(by=actor, at=now, conflict=row, purpose=purpose)
    person = deciding.known_people([row])[row.pk]
    held = vault.reveal(by=actor, at=now, person_ids=[person], fields=["name"], purpose=purpose) if person else {}
    shown = {"pk": row.pk, "listed": listed, "held": held.get(person, {}).get("name", "") if person else ""}
    return _conflicts_page(request, shown)

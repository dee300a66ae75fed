"""One step of a case: locked, allowed, written to timeline, trail and outbox together."""

import datetime as dt
from typing import Any

from gongzhi.audit.actions import record
from gongzhi.cases import queries, rules, timing, words
from gongzhi.cases.actions.counting import put_in, take_out
from gongzhi.cases.actions.erasing import erase_if_orphaned
from gongzhi.cases.models import Case, CaseEvent, Clock, WorkOrder
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, Forbidden
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.notifications.actions import emit
from gongzhi.people import vault
from gongzhi.people.models import VaultKey


def _require_held(by: Actor, case: Case, move: rules.Move, track_code: str) -> None:
    if move.held == "path":
        require(by, move.permission, path=case.path)
    elif move.held == "unit":
        require(by, move.permission, organization_id=case.unit_id or -1)
    elif move.held == "reporter":
        require_own_word(by, case, track_code)
    elif move.held == "superior":
        _require_superior(by, case, move)
    elif move.held in ("helper", "partner"):
        _require_helping(by, case, move)
    elif move.held == "first":
        if not queries.answers_first(by, case):
            require(by, move.permission, organization_id=-1)
    elif move.held == "system" and by.kind != "system":
        raise Forbidden("system_only", N_("这一步由系统按时限办理。"))


def _require_superior(by: Actor, case: Case, move: rules.Move) -> None:
    """Above the place by mandate; and above the units that differ, in none of them."""
    require(by, move.permission, path=case.path)
    if case.pending.get("kind") == "ruling" and by.kind != "system":
        asked = case.pending
        path, concerned = asked.get("superior_path") or case.path, asked.get("concerned", ())
        rules.check_ruler(by.scopes, superior_path=path, superior=asked.get("superior", ""), concerned=concerned)


def _require_helping(by: Actor, case: Case, move: rules.Move) -> None:
    """In a unit that was asked to help with this case, or in a partner unit to which it was offered."""
    found = queries.helping_units(by, case) if move.held == "helper" else queries.partner_units(by, case)
    if not found:
        require(by, move.permission, organization_id=-1)


def require_own_word(by: Actor, case: Case, track_code: str) -> None:
    """Raises Forbidden `not_reporter`, `helper_is_staff`."""
    if not queries.is_reporter(by, case, track_code):
        raise Forbidden("not_reporter", N_("这一步要由反映人自己来办。请用反映时的账号登录，或凭查询码进入。"))
    if queries.helps_by_mandate(by, case):
        raise Forbidden(
            "helper_is_staff",
            N_("这件事是您替别人填的，修好没有，要听本人的话。请本人凭编号和查询码来答，或等回访。"),
        )


def begin(
    *, by: Actor, number: str, move: str, given: dict[str, Any] | None = None, track_code: str = ""
) -> Case:
    """The case, locked for this transaction, after seeing, permission and state were checked in that order.

    Raises NotFound for a case the actor may not know of, Forbidden, Conflict, Refused.
    """
    case = queries.get_case_for(by, number, track_code=track_code, lock=True)
    _require_held(by, case, rules.MOVES[move], track_code)
    if case.main is not None and move != "unmerge":
        raise Conflict("merged", N_("这一件已并入 {main}，一起办。请到那一件上办，或先拆开。"), main=case.main.number)
    rules.check_move(move, case.status, [name for name, value in (given or {}).items() if value])
    return case


def start_clock(case: Case, planned: timing.Planned) -> None:
    Clock.objects.create(
        case=case,
        kind=planned.kind,
        started_at=planned.started_at,
        due_at=planned.due_at,
        certain=planned.certain,
        period=planned.period,
    )


def open_order(case: Case) -> WorkOrder:
    """The lead's open order. Raises Conflict `no_order` when it was taken back."""
    order = WorkOrder.objects.filter(case=case, ended_at__isnull=True, role="lead").order_by("-id").first()
    if order is None:
        raise Conflict("no_order", N_("这张工单已经收回。请刷新后再看。"))
    return order


def _take_over(case: Case, unit_id: int, at: dt.datetime) -> None:
    running = WorkOrder.objects.filter(case=case, ended_at__isnull=True)
    own = list(running.filter(unit_id=unit_id, role="co").values_list("pk", flat=True))
    Clock.objects.filter(case=case, met_at__isnull=True, period__order__in=own).update(met_at=at)
    (running.filter(role="lead") | running.filter(pk__in=own)).update(ended_at=at)


def give_order(
    case: Case, unit_id: int, *, by: Actor, at: dt.datetime, role: str = "lead", due_at: dt.datetime | None = None
) -> WorkOrder:
    """A new order; a new lead's takes the place of the one before, and of what it was to help with."""
    if role == "lead":
        _take_over(case, unit_id, at)
    due = due_at or case.due_at
    common = {"case": case, "unit_id": unit_id, "assigned_at": at, "assigned_by": by.reference}
    return WorkOrder.objects.create(**common, role=role, due_at=due)


def meet_clocks(case: Case, at: dt.datetime, *kinds: str) -> None:
    """Stop the running clocks of these kinds (or all): the promise was kept, or no longer holds."""
    running = Clock.objects.filter(case=case, met_at__isnull=True)
    if kinds:
        running = running.filter(kind__in=kinds)
    running.update(met_at=at)


def meet_first_contact(case: Case, at: dt.datetime) -> None:
    """Somebody has it; the caller saves the case."""
    if case.first_contact_at is None:
        case.first_contact_at = at
        meet_clocks(case, at, "first_contact")


def _stop_clocks(case: Case, at: dt.datetime) -> None:
    """The case has ended; a reporter who objected to leaving the score is still owed an answer."""
    running = Clock.objects.filter(case=case, met_at__isnull=True)
    if case.pending.get("kind") == "objection":
        running = running.exclude(kind="review")
    running.update(met_at=at)


def finish(
    case: Case,
    *,
    by: Actor,
    at: dt.datetime,
    move: str,
    note: str | dict[str, Any] = "",
    facts: dict[str, Any] | None = None,
    public: bool = True,
    audience: str = "",
    unit_id: int | None = None,
    target: str = "",
) -> None:
    """Set the state, write event, trail and outbox, and save the case with its next clock.

    `unit_id` is the unit that took the step, if it is not the responsible one; `target` the state where the table
    leaves it open.
    """
    before, case.status = case.status, rules.MOVES[move].target or target or case.status
    if case.status in rules.FINISHED:
        _stop_clocks(case, at)
    timing.refresh_next_clock(case)
    take_out(case.pk)
    case.save()
    put_in(case.pk)
    more: dict[str, Any] = {"facts": facts, "public": public, "audience": audience, "unit_id": unit_id}
    write_event(case, by=by, at=at, move=move, note=note, **more)
    changes = {"status": [before, case.status], **(facts or {})}
    record(by=by, at=at, action=f"cases.{move}", subject=case.reference, changes=changes)
    emit(f"case.{move}", {"case": case.number, "status": case.status}, at=at)
    if case.status in rules.FINISHED:
        erase_if_orphaned(case, at)


def write_event(
    case: Case,
    *,
    by: Actor,
    at: dt.datetime,
    move: str,
    note: str | dict[str, Any] = "",
    facts: dict[str, Any] | None = None,
    public: bool = True,
    audience: str = "",
    unit_id: int | None = None,
) -> CaseEvent:
    """One line of the timeline; the note is sealed under the case's key.

    With an `audience` it is confidential: sealed under a key of its own, read only with that permission.
    """
    note = tidy(note) if isinstance(note, str) else note
    key_row, sealed = _seal(case, note, at, audience) if note else (None, None)
    return CaseEvent.objects.create(
        case=case,
        at=at,
        move=move,
        status=case.status,
        actor=by.reference,
        unit_id=unit_id or case.unit_id,
        note=sealed,
        facts=facts or {},
        public=public,
        key=key_row,
        audience=audience if sealed else "",
    )


def _seal(
    case: Case, note: str | dict[str, Any], at: dt.datetime, audience: str
) -> tuple[VaultKey | None, bytes]:
    if not audience:
        return None, words.seal_part(vault.open_key(case.key), case.key_id, "note", note)
    check_activity("private_talk")
    row, key = vault.new_key("note", at)
    row.save(force_insert=True)
    return row, words.seal_part(key, row.pk, "note", note)

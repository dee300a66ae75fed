"""Every change of state goes through here: the table of rules.MOVES, and what each move needs first."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.notifications.actions import emit
from gongzhi.projects import plans, queries, rules
from gongzhi.projects.actions.bidding import check_chosen
from gongzhi.projects.actions.funding import check_funding
from gongzhi.projects.actions.proposing import check_second
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.actions.visiting import ask_visit
from gongzhi.projects.actions.working import lay_out
from gongzhi.projects.models import Project
from gongzhi.projects.rules import Move


@transaction.atomic
def move_project(*, by: Actor, at: dt.datetime, number: str, verb: str, reason: str = "") -> Project:
    """One move of the table in rules.py.

    Raises Forbidden, Conflict `move_not_possible`, Refused `reason_missing`, `second_person`, and what the move needs:
    Conflict `points_missing`, `sponsor_missing`, `funding_missing`, `own_share_missing`, `investors_missing`,
    `chapters_empty`, `bid_not_chosen`, `bid_still_public`, `steps_open`, `lines_open`, `voices_missing`,
    `not_satisfied`, `paper_missing`, `account_differs`,
    `lines_unpaid`, `evaluation_missing`, `evaluation_below`, `numbers_missing`, `revisit_too_early`.
    """
    check_activity("projects")
    row = queries.get_project_for(by, number, lock=True)
    move = rules.get_move(row.state, verb)
    _check_who(row, move, by)
    said = rules.check_reason(reason) if move.reason else " ".join(reason.split())[: rules.LONGEST_REASON]
    for need in move.needs:
        _NEEDS[need](row, move, at)
    before, row.state, row.moved_at = row.state, move.target, at
    _AFTER.get(verb, _nothing)(row, by, at)
    row.save()
    happened(row, verb, by=by, at=at, code=before, note=said)
    emit("project.moved", {"number": row.number, "verb": verb, "at": at.isoformat()}, at=at)
    return row


def _check_who(row: Project, move: Move, by: Actor) -> None:
    if move.own and row.proposed_by == by.reference:
        return
    require(by, move.permission, path=row.path)
    if move.second:
        check_second(row, by)


# --- what a move needs -------------------------------------------------------------------------------------------


def _points(row: Project, move: Move, at: dt.datetime) -> None:
    names = rules.missing(queries.needed(queries.kind_of(row), move.target), row.shown)
    rules.check_none_missing(names, "points_missing", N_("还差：{missing}。请先补上。"))


def _funding(row: Project, move: Move, at: dt.datetime) -> None:
    check_funding(row)


def _sponsor(row: Project, move: Move, at: dt.datetime) -> None:
    if row.sponsor_id is None:
        raise Conflict("sponsor_missing", N_("还没有挂点的人。请先选一位。"))


def _chapters(row: Project, move: Move, at: dt.datetime) -> None:
    """A plan is begun when something is written under each of its chapters; other kinds have none."""
    rules.check_none_missing(plans.empty_chapters(row), "chapters_empty", N_("这几章还没写：{missing}。"))


def _chosen(row: Project, move: Move, at: dt.datetime) -> None:
    check_chosen(row, at)


def _milestones(row: Project, move: Move, at: dt.datetime) -> None:
    names = list(row.milestones.filter(done_at=None).order_by("position").values_list("name", flat=True))
    rules.check_none_missing(names, "steps_open", N_("还没做完：{missing}。"))


def _mended(row: Project, move: Move, at: dt.datetime) -> None:
    """Of a works package: nothing on its list is still to be done."""
    _check_lines(row, ("done", "accepted", "dropped"), N_("清单上还有 {count} 处没修好。修好，或者写明不修了。"))


def _taken_over(row: Project, move: Move, at: dt.datetime) -> None:
    _check_lines(row, ("accepted", "dropped"), N_("清单上还有 {count} 处没验收。一处一处验收完再来。"))


def _check_lines(row: Project, settled: tuple[str, ...], message: str) -> None:
    """Raises Conflict `lines_open`."""
    if count := row.works.exclude(state__in=settled).count():
        raise Conflict("lines_open", message, count=count)


def _acceptance(row: Project, move: Move, at: dt.datetime) -> None:
    pack = queries.kind_of(row)
    rules.check_voices(queries.voices_of(row), pack.acceptance.residents, queries.share_of(pack))
    papers = evidence_of([row.reference]).filter(purpose="document", media__erased_at=None)
    if not papers.exists():
        raise Conflict("paper_missing", N_("请传{paper}。"), paper=pack.acceptance.paper)


def _account(row: Project, move: Move, at: dt.datetime) -> None:
    """The closing account: every line paid or taken back, and paid lines the same as the entries, fund by fund."""
    lines = queries.lines_of(row)
    unpaid = [one.name for one in lines if one.state != "paid"]
    rules.check_none_missing(unpaid, "lines_unpaid", N_("还没付：{missing}。付了就记下，不付的去掉。"))
    found = rules.differences(queries.money_of(lines), queries.spent_by_fund(row))
    if found:
        parts = [_difference(one) for one in found]
        raise Conflict("account_differs", N_("账对不上：{parts}。先对平，再办结。"), parts="；".join(parts))


def _difference(one: rules.Difference) -> str:
    said, kept = amount_text(one.lines, Unit.FEN), amount_text(one.entries, Unit.FEN)
    return f"{one.fund} {said} / {kept} ({amount_text(one.by, Unit.FEN)})"


def _evaluation(row: Project, move: Move, at: dt.datetime) -> None:
    """结项评价 is obligatory where the kind names a sheet."""
    pack = queries.kind_of(row)
    if not pack.sheet:
        return
    found = queries.evaluation_of(row)
    if found is None or not found.total.complete:
        raise Conflict("evaluation_missing", N_("还没做结项评价，或者没填全。请先到“评价”里填。"))
    if found.total.points < pack.pass_points:
        message = N_("评价 {points} 分，没到 {line} 分。请看哪几项不够，补上再评。")
        raise Conflict("evaluation_below", message, points=f"{float(found.total.points):.1f}", line=pack.pass_points)


def _facts(row: Project, move: Move, at: dt.datetime) -> None:
    pack = queries.kind_of(row)
    names = [one.name for one in pack.facts_at(move.target) if one.code not in row.facts]
    rules.check_none_missing(names, "numbers_missing", N_("还差几个数：{missing}。填了大家才看得到。"))


def _day(row: Project, move: Move, at: dt.datetime) -> None:
    assert row.revisit_on is not None  # noqa: S101 - the database keeps it
    rules.check_revisit(local_date(at), row.revisit_on)


_NEEDS: dict[str, Callable[[Project, Move, dt.datetime], None]] = {
    "guide": _points,
    "gates": _points,
    "funding": _funding,
    "sponsor": _sponsor,
    "chapters": _chapters,
    "chosen": _chosen,
    "milestones": _milestones,
    "mended": _mended,
    "acceptance": _acceptance,
    "taken_over": _taken_over,
    "account": _account,
    "evaluation": _evaluation,
    "facts": _facts,
    "day": _day,
}


# --- what a move brings about ------------------------------------------------------------------------------------


def _nothing(row: Project, by: Actor, at: dt.datetime) -> None:
    return None


def _approved(row: Project, by: Actor, at: dt.datetime) -> None:
    row.approved_at = at
    lay_out(row, at=at)
    ask_visit(row, by=by, at=at)


def _rework(row: Project, by: Actor, at: dt.datetime) -> None:
    """The next acceptance begins anew: what residents said of the first try stays as it was said."""
    row.round += 1


def _closed(row: Project, by: Actor, at: dt.datetime) -> None:
    row.closed_at = at
    row.revisit_on = local_date(at) + dt.timedelta(days=queries.kind_of(row).revisit_after)
    link(by=by, at=at, source=row.reference, relation="settles", target=row.problem.reference)


_AFTER: dict[str, Callable[[Project, Actor, dt.datetime], None]] = {
    "approve": _approved,
    "rework": _rework,
    "close": _closed,
}

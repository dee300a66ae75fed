"""Courses: what needs a decision first; one course with its steps; its notice as a paper."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.deliberation import invited, meetings, papers, queries, rules, stepper, whom
from gongzhi.deliberation.actions.convening import convened
from gongzhi.deliberation.alliances import in_model, taken_up
from gongzhi.deliberation.forms import EventForm, ObjectForm
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.queries import Followed
from gongzhi.documents.templating import FORMATS, printed
from gongzhi.engines.procedure_terms import Next

TONES = {"running": "now", "ended": "done", "aborted": "wait", "expired": "over"}
ICONS = {"running": "clock", "ended": "circle-check", "aborted": "x", "expired": "clock-x"}
NOT_SHOWN = (401, 403, 404)
ON_THE_FORM = ("own_work", "publication_not_found", "vote_not_found")
# The way forward first, then what is only needed when something goes wrong.
ORDER = ("answered", "noticed", "recorded", "signed", "published", "fell_through", "called_off", "aborted")


def shown(courses: list[Course], today: dt.date) -> list[dict[str, Any]]:
    """Rows of a list; `act`: somebody can act today."""
    packs = queries.steps_of(courses)
    rows = []
    for row in courses:
        pack, titles = packs.get(row.reference, (None, {}))
        rows.append(
            {
                "row": row,
                "procedure": pack.title if pack else row.reference,
                "step": titles.get(row.current or row.ending, ""),
                "act": row.status == "running" and row.next_on is not None and row.next_on <= today,
                "tone": TONES[row.status],
                "icon": ICONS[row.status],
                "word": _(rules.STATUS_WORDS[row.status]),
            }
        )
    return rows


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Running ones, what needs somebody first; then those that are over."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    before, of = _cursor(request.GET.get("before", "")), _democracy(request.GET.get("of", ""))
    if request.GET.get("as") == "xlsx":
        every = queries.running(actor, of) + queries.over(actor, size=queries.MOST, democracy=of)
        return _table(shown(every, today), today)
    done = queries.over(actor, before, queries.PAGE + 1, of)
    last = done[queries.PAGE - 1] if len(done) > queries.PAGE else None
    going = [] if before else shown(queries.running(actor, of), today)
    context = {
        "act": [row for row in going if row["act"]],
        "wait": [row for row in going if not row["act"]],
        "done": shown(done[: queries.PAGE], today),
        "older": f"{last.opened_at.isoformat()}~{last.pk}" if last else "",
        "runs": bool(actor.paths_for(rules.RUN)),
        "staff": bool(actor.roles),
        "alliances": in_model(),
        "of": of,
        "of_word": _(rules.FIVE[of][0]) if of else "",
    }
    return render(request, "deliberation/index.html", context)


def _democracy(given: str) -> str:
    """Raises NotFound `no_such_democracy`."""
    if given and given not in rules.FIVE:
        raise NotFound("no_such_democracy", N_("没有这一种民主。五个民主里有的，从页面上点进来。"))
    return given


@require_safe
def five(request: HttpRequest) -> HttpResponse:
    """五个民主: which procedures serve each here today, how many run, and where the rest of it is."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    known = queries.procedures_for(queries.home_of(actor), today)
    rows = []
    for code, (word, groups, rooms) in rules.FIVE.items():
        going, done = queries.counted(actor, code)
        ways = [one.pack for one in known if one.pack.group in groups]
        open_to = rules.rooms_for(rooms, signed_in=actor.kind == "person", staff=bool(actor.roles))
        links = [(reverse(room), _(rules.ROOM_WORDS[room])) for room in open_to]
        rows.append({"code": code, "word": _(word), "ways": ways, "going": going, "done": done, "links": links})
    return render(request, "deliberation/five.html", {"rows": rows})


def _cursor(given: str) -> tuple[dt.datetime, uuid.UUID] | None:
    """Raises Refused `bad_cursor`."""
    if not given:
        return None
    moment, _sep, pk = given.partition("~")
    try:
        return dt.datetime.fromisoformat(moment), uuid.UUID(pk)
    except ValueError:
        raise Refused("bad_cursor", N_("这个翻页地址不完整。请从第一页再看。")) from None


def _table(rows: list[dict[str, Any]], today: dt.date) -> HttpResponse:
    heads = [_("编号"), _("什么事"), _("走什么程序"), _("谁办"), _("走到哪一步"), _("下次能办"), _("情况")]
    lines = [
        [
            one["row"].number,
            one["row"].about,
            one["procedure"],
            one["row"].organization.name,
            one["step"],
            one["row"].next_on.isoformat() if one["row"].next_on else "",
            one["word"],
        ]
        for one in rows
    ]
    return rows_as_xlsx(_("程序"), heads, lines, note=today.isoformat())


def put_back(form: Form, refused: Refused) -> None:
    """What is refused stands on the form, every missing thing a line of its own; what must not be shown goes on."""
    if refused.status in NOT_SHOWN and refused.code not in ON_THE_FORM:
        raise refused
    if every := refused.facts.get("every"):
        for line in every:
            form.add_error(None, line)
        return
    field = refused.facts.get("field")
    form.add_error(field if field in form.fields else None, said(refused))


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(request, number)


def page_of(request: HttpRequest, number: str, kind: str = "", form: Form | None = None) -> HttpResponse:
    """One course as this reader sees it; a form comes back with what was wrong in it."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    course = queries.followed(actor, number, today)
    row, reads = course.course, queries.reads_papers(actor, course.course)
    standing = course.standing
    rows = stepper.rows_of(course, papers=reads)
    context = {
        **shown([row], today)[0],
        **whom_shown(actor, course),
        "pack": course.pack,
        "mark": stepper.mark_of(course),
        "matter": dict(queries.matter_words([row.matter], path=row.path, on=row.opened_on)).get(row.matter, ""),
        "meeting": _meeting(course, actor),
        "steps": rows,
        "left": sum(one.state.phase == "done" for one in rows),
        "ending": standing.ending,
        "kinds": rules.KIND_WORDS,
        "dues": stepper.due_lines(course),
        "forms": _forms(course, actor, kind, form),
        "elsewhere": _elsewhere(course),
        "objecting": _objecting(course, kind, form),
        "decision": course.decision,
        "resolution": queries.resolution_from(row),
        "reads": reads,
        "experts": invited.panel(actor, course, form if kind == "expert" else None),
        "raised": taken_up(row) if reads else [],
        "whole": [line for code, line in stepper.happened_in(course, None) if not code],
    }
    return render(request, "deliberation/page.html", context, status=422 if form is not None and form.errors else 200)


def whom_shown(actor: Actor, course: Followed) -> dict[str, Any]:
    """Whom a course concerns, and what was decided about them before."""
    history = course.pack.history is not None
    return {
        "concerns": whom.said_of(actor, course.course.concerns),
        "history": history,
        "earlier": whom.earlier(course) if history else [],
    }


def _forms(course: Followed, actor: Actor, kind: str, wrong: Form | None) -> list[dict[str, Any]]:
    """The events that this actor may enter, each with its form; the first is the way forward."""
    found = []
    moves = sorted((move for move in course.moves if move.kind in ORDER), key=lambda move: ORDER.index(move.kind))
    for move in moves:
        starting = meetings.initial_for(course, move)
        made = EventForm(course=course, move=move, actor=actor, auto_id=f"{move.kind}-%s", initial=starting)
        if made.may:
            shown_form = wrong if wrong is not None and move.kind == kind else made
            found.append(
                {
                    "kind": move.kind,
                    "word": _(rules.KIND_WORDS[move.kind]),
                    "form": shown_form,
                    "later": stepper.not_yet(course, move),
                    "open": shown_form is wrong,
                    "aside": move.kind in rules.ASIDE,
                    "files": any(name.startswith("file-") for name in made.fields),
                }
            )
    return found


def _meeting(course: Followed, actor: Actor) -> dict[str, Any] | None:
    """The meeting of the step at hand: called, or to be called by who runs the course."""
    step = convened(course)
    called = meetings.meeting_of(course, step) if step else None
    if step is None or (called is None and not allows(actor, rules.RUN, path=course.course.path)):
        return None
    return {"row": called}


def _elsewhere(course: Followed) -> list[str]:
    """Who has to act now, for those who cannot: words, no button."""
    bodies = course.pack.bodies
    return [
        _("{what}：{who}").format(
            what=_(rules.KIND_WORDS[move.kind]), who="、".join(bodies.get(body, body) for body in move.by)
        )
        for move in course.moves
        if move.kind not in rules.ASIDE
    ]


def _objecting(course: Followed, kind: str, wrong: Form | None) -> dict[str, Any] | None:
    move: Next | None = course.move("objected")
    if move is None:
        return None
    form = wrong if wrong is not None and kind == "objected" else ObjectForm(auto_id="object-%s")
    return {"until": move.latest, "form": form}


@require_safe
def notice(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The notice of the meeting that is called, as a paper to post."""
    if form not in FORMATS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    today = clock.local_date(clock.now())
    course = queries.followed(actor_of(request), number, today)
    name = _("{about}开会通知").format(about=course.course.about)
    return printed("notice", papers.notice_of(course), form, on=today, file=name)

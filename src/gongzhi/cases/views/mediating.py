"""调解: the committee's matters, one matter with its talks, the agreement as a paper."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.cases.forms_private import MEDIATING
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.papers import agreement_paper
from gongzhi.cases.queries import mediating as found
from gongzhi.cases.queries.confidential import MEDIATION
from gongzhi.cases.rules.mediating import read_mediation
from gongzhi.cases.views import private, telling
from gongzhi.cases.views.showing import rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents.papers import MEDIA_TYPE

HEADERS = (N_("编号"), N_("地点"), N_("收到"), N_("状态"), N_("结果"))
SIDE_WORDS = {"asking": N_("申请的一方"), "other": N_("另一方")}


def _more(actor: Actor, case: Case) -> dict[str, Any]:
    stage = found.mediation_of(case)
    talks = CaseEvent.objects.filter(case=case, move="session").order_by("id")
    needs = [
        {"ok": side in stage.consents, "words": _("{side}同意调解").format(side=_(words))}
        for side, words in SIDE_WORDS.items()
    ]
    needs.append({"ok": bool(stage.mediators), "words": _("有调解员，并声明没有利害关系")})
    return {
        "stage": stage,
        "needs": needs,
        "talks": [{"facts": talk.facts, "came": [_(SIDE_WORDS[s]) for s in talk.facts["came"]]} for talk in talks],
        "court_until": found.court_until(case) if stage.ended == "agreed" else None,
        "outcome": _(found.OUTCOMES[case.outcome]) if case.outcome in found.OUTCOMES else "",
        "papers": found.signed_papers(case) if stage.ended == "agreed" else [],
    }


def _offered(actor: Actor, case: Case, move: str) -> bool:
    stage = found.mediation_of(case)
    if move == "mediate":
        return actor.reference not in stage.mediators
    if move == "consent":
        return len(stage.consents) < len(SIDE_WORDS)
    if move in ("session", "agree", "end_talk"):
        return stage.may_talk
    if move in ("judicial", "follow_up", "archive", "file_paper"):
        return stage.ended == "agreed" and (move != "archive" or stage.follow_ups > 0)
    return True


DESK = private.Desk(
    page="mediation",
    permission="cases.mediate",
    template="cases/staff/mediation.html",
    steps=MEDIATING,
    find=found.get_mediation_for,
    audience=lambda case: MEDIATION,
    more=_more,
    offered=_offered,
)


@require_safe
def mediations(request: HttpRequest) -> HttpResponse:
    """What the committee has in hand; each figure opens its rows; all of it as a table."""
    actor, at, show = staff_of(request, "cases.mediate"), clock.now(), request.GET.get("show", "")
    cases = found.open_page(actor, show=show)
    if request.GET.get("format") == "xlsx":
        return rows_as_xlsx("调解", [_(word) for word in HEADERS], [_line(case) for case in cases])
    steps = found.steps_by_case(cases)
    rows = [
        {"view": view, "place": telling.place_words(view.case), "stage": read_mediation(steps[view.case.pk])}
        for view in rows_of(actor, cases, at)
    ]
    counts = found.mediation_counts(actor)
    shown = [{"show": code, "word": _(word), "n": counts[code]} for code, word in found.OUTCOMES.items()]
    context = {"rows": rows, "counts": counts, "outcomes": shown, "show": show}
    return render(request, "cases/staff/mediations.html", context)


def _line(case: Case) -> list[object]:
    outcome = _(found.OUTCOMES[case.outcome]) if case.outcome in found.OUTCOMES else ""
    return [case.number, telling.place_words(case), case.received_at, case.get_status_display(), outcome]


PAGES = private.pages_of(DESK)


@never_cache
@require_POST
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """调解协议书 as .docx: opened for that purpose, logged, kept nowhere."""
    actor, at = staff_of(request, "cases.mediate"), clock.now()
    case = found.get_mediation_for(actor, number)
    opened = private.notes_for(DESK, actor, case, at, _("下载协议书"))
    agreed = [note for note in opened if note.move == "agree" and note.fields]
    if not agreed:
        raise NotFound("no_agreement", N_("这件事还没有协议，或者协议已经销毁。"))
    answer = HttpResponse(agreement_paper(case, agreed[-1].fields, agreed[-1].facts), content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(number)}.docx"
    return answer



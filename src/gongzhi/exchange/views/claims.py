"""What one has taken, one claim for both sides, and every step of it: each posts here and comes back to the claim."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.documents.queries import evidence_of
from gongzhi.duties.feeds import feed_of, feed_of_person
from gongzhi.exchange import actions, calendars, queries, rules, shown, words
from gongzhi.exchange.forms import (
    AnswerForm,
    AppealForm,
    CodeForm,
    DeliverForm,
    NoteForm,
    RateForm,
    RefuseForm,
)
from gongzhi.exchange.forms_guides import SupplementForm, SupplyForm
from gongzhi.exchange.models import Claim, Rating
from gongzhi.exchange.queries import claims as reads
from gongzhi.exchange.queries import guides, needs
from gongzhi.exchange.views import badge_of, category_words, claim_row, need_row

# On whose side a form stands, and in which states it is shown.
_TAKER = {
    "confirm": {"delivered"},
    "dispute": {"delivered"},
    "cancel": {"asked", "lacking", "waiting", "held"},
    "supply": {"lacking"},
}
_GIVER = {
    "approve": {"asked"},
    "refuse": {"asked"},
    "supplement": {"asked"},
    "recall": {"held", "running"},
    "hand": {"held"},
    "deliver": {"held", "running"},
    "inspect": {"held", "running"},
    "miss": {"held"},
}


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What runs, or `?over=1` what is over; one's wishes; the calendar to subscribe to."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    over = request.GET.get("over") == "1"
    found = reads.page_of_own(actor, over=over, cursor=request.GET.get("cursor", "")[:200])
    onward = request.GET.copy()
    onward["cursor"] = found.next_cursor
    assert actor.person_id is not None  # noqa: S101 - who is signed in is a person
    token = feed_of_person(actor.person_id).token
    kinds = category_words(today)
    context = {
        "rows": [claim_row(one) for one in found.items],
        "next_url": f"?{onward.urlencode()}" if found.next_cursor else "",
        "over": over,
        "wishes": [need_row(one, kinds) for one in needs.own(actor).order_by("-pk")[:10]],
        "feed": f"{settings.HOST_URL}{reverse('share-feed', args=[token])}",
    }
    return render(request, "exchange/mine.html", context)


@require_safe
def own_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The bookings of whoever the secret address belongs to: the same secret as the calendar of duties."""
    at = clock.now()
    feed = feed_of(token, clock.local_date(at))
    if feed.kind != "person":
        raise NotFound("feed_unknown", N_("这个日历地址已经不用了。请到“我的约和借”里拿新的。"))
    rows = Claim.objects.filter(person=uuid.UUID(feed.identifier), offer__isnull=False, starts_at__isnull=False)
    rows = rows.filter(state__in=rules.OPEN).select_related("offer__place", "offer__venue").order_by("starts_at")[:500]
    address = f"{settings.HOST_URL}{reverse('share-mine')}".replace("/my/share/", "/share/claims/")
    body = calendars.own(rows, name=_("我的约和借"), at=at, address=address)
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    actor = signed_in(request)
    claim = reads.get_claim_for(actor, number)
    if claim.need is not None:
        return redirect("need", claim.need.number)
    return one_claim(request, actor, claim)


def one_claim(request: HttpRequest, actor: Actor, claim: Claim, **wrong: Form) -> HttpResponse:
    """A claim as either side sees it; `wrong` holds a form that was refused."""
    offer = claim.offer
    assert offer is not None  # noqa: S101 - claims on wishes have their own page
    pack, at = queries.kind_of(offer), clock.now()
    takes, gives = reads.takes(actor, claim), reads.gives(actor, claim) or queries.may_keep(actor, claim)
    steps = reads.steps_of(claim)
    said = _written(actor, claim, at, takes=takes, gives=gives and _told_to(actor, claim, pack))
    context: dict[str, Any] = {
        **badge_of(shown.CLAIM_TONES, claim.state, _state_word(claim, pack)),
        "claim": claim,
        "offer": offer,
        "pack": pack,
        "takes": takes,
        "gives": gives,
        "note": said.get("note", ""),
        "appeal_words": said.get("appeal", ""),
        "steps": [
            {"step": one, "word": _(shown.STEP_WORDS[one.step]), "note": said.get(f"step:{one.pk}") or one.note}
            for one in steps
            if one.step != "attend"
        ],
        "due": guides.due_on(claim, guides.guide_of(offer, clock.local_date(at))) if pack.guide else None,
        "days": sum(one.step == "attend" for one in steps),
        "papers": [one for one in evidence_of([one.reference for one in steps]) if one.media.erased_at is None],
        "rating": Rating.objects.filter(claim=claim).first(),
        "code": queries.code_of(claim) if takes and pack.code and claim.state in ("held", "running") else "",
        "line": reads.place_in_line(claim) if claim.state == "waiting" else 0,
        **_forms(claim, pack, takes=takes, gives=gives and claim.person_id != actor.person_id),
    }
    return render(request, "exchange/claim.html", {**context, **wrong}, status=422 if wrong else 200)


def _state_word(claim: Claim, pack: Any) -> str:
    """Where it stands: a matter that was taken up is worked on, nothing is booked."""
    return _("受理了，在办") if pack.guide and claim.state == "held" else claim.get_state_display()


def _told_to(actor: Actor, claim: Claim, pack: Any) -> bool:
    """What is written for a sealed kind (health, law) is for those who give it; who keeps the place reads it not."""
    return not pack.sealed or reads.gives(actor, claim)


def _written(actor: Actor, claim: Claim, at: Any, *, takes: bool, gives: bool) -> dict[str, Any]:
    """The sealed words, for the two sides only; the provider's reading is written down."""
    if not (takes or gives) or not claim.words:
        return {}
    if not takes:
        log_access(by=actor, at=at, subjects=[claim.reference], fields="words")
    return words.opened(claim)


def _forms(claim: Claim, pack: Any, *, takes: bool, gives: bool) -> dict[str, Any]:
    """What this side may do now: plain steps by name, and forms."""
    state = claim.state
    found: dict[str, Any] = {}
    steps = {one.step for one in claim.steps.all()}
    if takes:
        found = {name: True for name, states in _TAKER.items() if state in states}
        if "supply" in found:
            found["supply"] = SupplyForm(prefix="supply")
        if "dispute" in found:
            found["dispute"] = NoteForm(needed=True, prefix="dispute")
        if state == "missed" and "appeal" not in steps:
            found["appeal"] = AppealForm()
        if state == "done" and "rate" not in steps:
            found["rate"] = RateForm()
    if gives:
        found |= {name: True for name, states in _GIVER.items() if state in states}
        found |= _giving(pack, found)
        may_ask = pack.guide and state == "asked" and "supplement" not in steps
        found["supplement"] = _supplement(claim) if may_ask else None
    if (takes or gives) and pack.booking and state == "held" and "arrive" not in steps:
        found["arrive"] = claim.starts_at is not None and abs(clock.now() - claim.starts_at) <= dt.timedelta(hours=2)
        if state == "missed" and "appeal" in steps and not steps & {"excuse", "keep"}:
            found["answer"] = AnswerForm(needed=True)
    return found


def _supplement(claim: Claim, data: Any = None) -> SupplementForm:
    assert claim.offer is not None  # noqa: S101 - claims on wishes have their own page
    guide = guides.guide_of(claim.offer, clock.local_date(clock.now()))
    return SupplementForm(data, materials=guide.materials if guide else (), prefix="supplement")


def _giving(pack: Any, found: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "refuse" in found:
        made["refuse"] = RefuseForm(shared=queries.sharing(clock.local_date(clock.now())), prefix="refuse")
    if "hand" in found:
        made["hand"] = CodeForm() if pack.code else pack.shape in ("time", "term")
    if "deliver" in found:
        made["deliver"] = DeliverForm(prefix="deliver") if pack.shape != "stock" else None
    if "inspect" in found:
        made["inspect"] = NoteForm(needed=True, prefix="inspect") if pack.shape == "term" else None
    if "miss" in found:
        made["miss"] = pack.booking is not None
    if "recall" in found:
        made["recall"] = NoteForm(needed=True, prefix="recall")
    return made


# --- the steps ----------------------------------------------------------------------------------------------------

Act = Callable[[Actor, str, dict[str, Any]], Any]


def _form_for(step: str, request: HttpRequest) -> Form:
    """The form that a step is sent with; a plain one has none to fill in."""
    data, files = request.POST, request.FILES
    if step == "refuse":
        return RefuseForm(data, shared=queries.sharing(clock.local_date(clock.now())), prefix="refuse")
    if step == "deliver":
        return DeliverForm(data, files, prefix="deliver")
    if step == "hand":
        return CodeForm(data) if "code" in data else Form(data)
    if step in ("dispute", "inspect", "recall"):
        return NoteForm(data, needed=True, prefix=step)
    if step == "supply":
        return SupplyForm(data, files, prefix="supply")
    plain: dict[str, Callable[[], Form]] = {
        "appeal": lambda: AppealForm(data),
        "answer": lambda: AnswerForm(data, needed=True),
        "rate": lambda: RateForm(data),
        "approve": lambda: NoteForm(data, prefix="approve"),
    }
    return plain[step]() if step in plain else Form(data)


ACTS: dict[str, Act] = {
    "approve": lambda by, number, given: actions.approve_claim(
        by=by, at=clock.now(), number=number, note=given.get("note", "")
    ),
    "supplement": lambda by, number, given: actions.ask_supplement(
        by=by, at=clock.now(), number=number, missing=given.get("missing", ()), note=given["note"]
    ),
    "supply": lambda by, number, given: actions.supply(
        by=by, at=clock.now(), number=number, note=given["note"], uploads=given["files"]
    ),
    "arrive": lambda by, number, given: actions.arrive(by=by, at=clock.now(), number=number),
    "refuse": lambda by, number, given: actions.refuse_claim(by=by, at=clock.now(), number=number, **given),
    "cancel": lambda by, number, given: actions.cancel_claim(by=by, at=clock.now(), number=number),
    "recall": lambda by, number, given: actions.recall_claim(by=by, at=clock.now(), number=number, **given),
    "hand": lambda by, number, given: actions.hand_over(by=by, at=clock.now(), number=number, **given),
    "deliver": lambda by, number, given: actions.deliver_claim(
        by=by, at=clock.now(), number=number, note=given["note"], uploads=given["files"]
    ),
    "inspect": lambda by, number, given: actions.inspect_claim(by=by, at=clock.now(), number=number, **given),
    "confirm": lambda by, number, given: actions.confirm_claim(by=by, at=clock.now(), number=number),
    "dispute": lambda by, number, given: actions.dispute_claim(by=by, at=clock.now(), number=number, **given),
    "miss": lambda by, number, given: actions.miss_claim(by=by, at=clock.now(), number=number),
    "appeal": lambda by, number, given: actions.appeal_miss(by=by, at=clock.now(), number=number, **given),
    "answer": lambda by, number, given: actions.answer_appeal(
        by=by, at=clock.now(), number=number, excuse=given["excuse"] == "yes", note=given["note"]
    ),
    "rate": lambda by, number, given: actions.rate_claim(by=by, at=clock.now(), number=number, **given),
}
SAID = {
    "approve": N_("同意了，对方会收到消息。"),
    "supplement": N_("告知了，对方会收到消息。"),
    "supply": N_("补上了，对方会收到消息。"),
    "arrive": N_("记下了。"),
    "refuse": N_("回复了，对方会收到消息。"),
    "cancel": N_("取消了。"),
    "recall": N_("取消了，对方会收到消息。"),
    "hand": N_("交好了。"),
    "deliver": N_("记下了，等对方确认。"),
    "inspect": N_("记下了。"),
    "confirm": N_("谢谢您确认。"),
    "dispute": N_("退回去了，对方会接着办。"),
    "miss": N_("记下了，对方可以申诉。"),
    "appeal": N_("申诉交上去了，会有别的人来答复。"),
    "answer": N_("答复了，对方会收到消息。"),
    "rate": N_("谢谢您的评价。"),
}


@require_POST
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step of a claim. Raises NotFound `page_not_found` for a word that is none."""
    actor = signed_in(request)
    if step not in ACTS:
        raise NotFound("page_not_found", N_("没有这一步。请回到预约看看。"))
    form = _form_for(step, request)
    if step == "supplement":
        form = _supplement(reads.get_claim_for(actor, number), request.POST)
    done = tried(form, lambda: ACTS[step](actor, number, form.cleaned_data)) if form.is_valid() else None
    if done is None:
        claim = reads.get_claim_for(actor, number)
        if not form.fields:
            messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
            return redirect("share-claim", number)
        return one_claim(request, actor, claim, **{step: form})
    messages.success(request, _(SAID[step]))
    return redirect("share-claim", number)

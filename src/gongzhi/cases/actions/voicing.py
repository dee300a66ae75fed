"""Channels with an end of their own: a letter is replied to, a suggestion judged and carried out."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.cases import timing, words
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, start_clock, write_event
from gongzhi.cases.actions.reporting import add_photos
from gongzhi.cases.models import Case
from gongzhi.cases.rules.channels import (
    check_declined,
    check_implemented,
    check_kind,
    check_outcome,
    check_publishing,
)
from gongzhi.common.access import Actor
from gongzhi.documents.actions import Upload
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Channel
from gongzhi.people import vault

IMPLEMENTED = "implemented"


def _way_of(case: Case, wanted: str) -> Channel:
    channel = packs.active_model().channel(case.channel)
    check_kind(kind=channel.kind if channel else "", wanted=wanted, channel=channel.name if channel else case.channel)
    assert channel is not None  # noqa: S101 - a case without a channel is of no kind
    return channel


def _answered(case: Case, at: dt.datetime, note: str) -> None:
    """The words reach the reporter as the result, who is then asked."""
    case.first_contact_at = case.first_contact_at or at
    case.answered_at = at
    case.result = words.seal_part(vault.open_key(case.key), case.key_id, "result", note.strip())
    meet_clocks(case, at, "first_contact", "resolve", "review")
    start_clock(case, timing.plan_for(case.priority, "confirm", at))


@transaction.atomic
def reply_letter(
    *, by: Actor, at: dt.datetime, number: str, note: str, publish: bool = False, public_text: str = ""
) -> Case:
    """回信: the secretary answers the writer; with the writer's consent, an anonymised word of it for everybody.

    Raises Refused `other_channel`, `not_agreed`, `missing_public_text`.
    """
    case = begin(by=by, number=number, move="reply", given={"note": note})
    _way_of(case, "letter")
    if publish:
        check_publishing(agreed=agreed_to_publish(case), text=public_text)
    _answered(case, at, note)
    finish(case, by=by, at=at, move="reply")
    if publish:
        write_event(case, by=by, at=at, move="publish", note=public_text)
    return case


@transaction.atomic
def note_step(
    *, by: Actor, at: dt.datetime, number: str, note: str, facts: dict[str, str], public: bool = True
) -> Case:
    """记一步: whom a letter is written to writes down what was done about it before answering; `facts` are codes.

    Raises Refused `other_channel`, `missing_note`.
    """
    case = begin(by=by, number=number, move="step", given={"note": note})
    _way_of(case, "letter")
    finish(case, by=by, at=at, move="step", note=note, facts=facts, public=public)
    return case


def agreed_to_publish(case: Case) -> bool:
    """Whether the writer said yes to the form's question about it."""
    kept = words.open_words(case.key, case.words).get("answers", ())
    return any(one["code"] == "publish" and one["value"] in ("是", "Yes") for one in kept)


@transaction.atomic
def judge_suggestion(
    *, by: Actor, at: dt.datetime, number: str, outcome: str, note: str, reason: str = ""
) -> Case:
    """评议: adopted, partly adopted or declined, always with the reason in words; a declined one with its code too.

    Raises Refused `other_channel`, `missing_outcome`, `missing_note`, `missing_reason`.
    """
    case = begin(by=by, number=number, move="judge", given={"note": note})
    chosen = check_outcome(None if outcome == IMPLEMENTED else _way_of(case, "suggestion").outcome(outcome))
    facts = {"outcome": chosen.code}
    if not chosen.accepted:
        check_declined(reason, [one.code for one in packs.active_model().reasons if one.kind == "decline"])
        facts["reason"] = reason
    case.outcome = chosen.code
    _answered(case, at, note)
    finish(case, by=by, at=at, move="judge", note=note, facts=facts)
    return case


@transaction.atomic
def implement_suggestion(
    *, by: Actor, at: dt.datetime, number: str, note: str, photos: Sequence[Upload] = ()
) -> Case:
    """做成了: what was adopted has been carried out. Raises Refused `other_channel`, `not_adopted`."""
    case = begin(by=by, number=number, move="implement", given={"note": note})
    channel = _way_of(case, "suggestion")
    before = channel.outcome(case.outcome)
    check_implemented(accepted=bool(before and before.accepted), outcome=case.outcome)
    check_outcome(channel.outcome(IMPLEMENTED))
    add_photos(by=by, at=at, case=case, photos=photos, purpose="after")
    facts = {"outcome": IMPLEMENTED, "was": case.outcome}
    case.outcome = IMPLEMENTED
    finish(case, by=by, at=at, move="implement", note=note, facts=facts)
    return case

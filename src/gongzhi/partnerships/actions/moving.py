"""签、生效、续签、终止、到期: the moves of rules.MOVES, each told to every party."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.documents.models import EvidencePurpose
from gongzhi.duties.actions import show_evidence
from gongzhi.notifications.actions import emit
from gongzhi.partnerships import queries, rules
from gongzhi.partnerships.actions.drafting import Drafted, Given, Lending, draft_agreement, public_words
from gongzhi.partnerships.models import LIVE, Agreement, Outcome, Party, State
from gongzhi.people.queries import person_of


@transaction.atomic
def sign_agreement(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    organization: int,
    on: dt.date | None = None,
    uploads: Sequence[Upload] = (),
) -> Agreement:
    """One party signs: whoever works for it, here; else its keeper shows the paper that it signed.

    With the last signature it is signed, and runs where its first day has come. Raises Forbidden `not_your_body`,
    Refused `paper_missing`, `signed_later`, `too_many`, Conflict `signed_already`, `not_now`.
    """
    row = queries.get_for(by, number, lock=True)
    check_activity("partnerships")
    party = row.parties.select_related("organization").filter(organization=organization).first()
    if party is None:
        raise Refused("party_missing", N_("这个单位不在协议里。"), field="organization")
    rules.moved(row.state, "sign")
    if party.signed_on is not None:
        raise Conflict("signed_already", N_("{body}已经签了。"), body=party.organization.name)
    party.by_paper = _by_paper(by, row, party, uploads)
    party.signed_on, party.signed_by = _signing_day(on, at), person_of(by)
    party.save(update_fields=["signed_on", "signed_by", "by_paper"])
    attach_papers(row, uploads, by=by, at=at, subject=row.reference, purpose=EvidencePurpose.SIGNATURE)
    changes = {"organization": party.organization.code, "on": party.signed_on.isoformat(), "by_paper": party.by_paper}
    record(by=by, at=at, action="partnerships.sign", subject=row.reference, changes=changes)
    if not row.parties.filter(signed_on=None).exists():
        _move(row, "sign", by=by, at=at)
        if row.renews is not None:
            show_evidence(by=by, at=at, subject=row.renews.reference, evidence=row.reference, on=local_date(at))
        _turn(row, by=by, at=at)
    return row


def _signing_day(on: dt.date | None, at: dt.datetime) -> dt.date:
    today = local_date(at)
    if on is not None and on > today:
        raise Refused("signed_later", N_("签字的日子不能在今天以后。"), field="on")
    return on or today


def _by_paper(by: Actor, row: Agreement, party: Party, uploads: Sequence[Upload]) -> bool:
    """Whether somebody else shows the signature. Raises Forbidden `not_your_body`, Refused `paper_missing`."""
    rules.check_papers(len(uploads))
    if party.organization_id in by.organizations_for(rules.SERVE):
        return False
    if not queries.may_keep(by, row):
        raise Forbidden("not_your_body", N_("只能替自己的单位签。别的单位由它自己签，或者由社区上传签好的协议。"))
    if not uploads:
        message = N_("替{body}登记签字，要上传它签好的协议。")
        raise Refused("paper_missing", message, body=party.organization.name, field="files")
    return True


def attach_papers(
    row: Agreement, uploads: Sequence[Upload], *, by: Actor, at: dt.datetime, subject: str, purpose: str
) -> None:
    """Under the agreement's own key; the caller has asked who may."""
    rules.check_papers(len(uploads))
    for upload in uploads:
        media = store_upload(by=by, at=at, key=row.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=subject, purpose=purpose)


def _move(row: Agreement, move: str, *, by: Actor, at: dt.datetime, fields: Sequence[str] = ()) -> None:
    before, row.state = row.state, rules.moved(row.state, move)
    row.save(update_fields=["state", *fields])
    changes = {"state": [before, row.state]}
    record(by=by, at=at, action=f"partnerships.{move}", subject=row.reference, changes=changes)
    emit("agreement.moved", {"number": row.number, "state": row.state, "at": at.isoformat()}, at=at)


def _turn(row: Agreement, *, by: Actor, at: dt.datetime) -> bool:
    """The days of its term move it: it starts, it is over. What it renews is renewed when it starts."""
    today = local_date(at)
    if row.state == State.SIGNED and row.starts_on <= today:
        _move(row, "start", by=by, at=at)
        if row.renews_id:
            old = Agreement.objects.select_for_update().get(pk=row.renews_id)
            _move(old, "renew", by=by, at=at)
    if rules.state_on(row.state, row.starts_on, row.ends_on, today) == State.EXPIRED:
        _move(row, "expire", by=by, at=at)
        return True
    return False


@transaction.atomic
def turn_agreement(*, by: Actor, at: dt.datetime, number: str) -> Agreement:
    """Called by the clock: what its days say, and nothing else; again changes nothing."""
    row = queries.get_for(by, number, lock=True)
    require(by, rules.KEEP, path=row.path)
    if row.state in LIVE:
        _turn(row, by=by, at=at)
    return row


@transaction.atomic
def end_agreement(*, by: Actor, at: dt.datetime, number: str, reason: str, on: dt.date | None = None) -> Agreement:
    """终止: before its last day, with a reason everybody may read; a kind that is judged is judged first.

    Raises Forbidden, Conflict `not_now`, Refused `title_missing`, `not_judged`, `ended_later`.
    """
    row = queries.get_for(by, number, lock=True)
    require(by, rules.KEEP, path=row.path)
    rules.moved(row.state, "end")
    if row.state == State.RUNNING and queries.kind_of(row).ending is not None and not row.outcome:
        raise Refused("not_judged", N_("这种协议要先评价，再结束。请在下面写评价。"))
    row.ended_reason = public_words(reason, "reason", rules.LONGEST_REASON)
    row.ended_on = on or local_date(at)
    if row.ended_on > local_date(at):
        raise Refused("ended_later", N_("终止的日子不能在今天以后。"), field="on")
    _move(row, "end", by=by, at=at, fields=("ended_on", "ended_reason"))
    show_evidence(by=by, at=at, subject=row.reference, evidence=row.reference, on=local_date(at))
    return row


@transaction.atomic
def judge_agreement(
    *, by: Actor, at: dt.datetime, number: str, outcome: str, reason: str, sheet: str = ""
) -> Agreement:
    """评价: what came of a running or expired one, with the reason; by a sheet of the community where there is one.

    Raises Forbidden, Conflict `not_now`, `judged_already`, Refused `outcome_missing`, `title_missing`.
    """
    row = queries.get_for(by, number, lock=True)
    require(by, rules.KEEP, path=row.path)
    if row.state not in (State.RUNNING, State.EXPIRED):
        raise Conflict("not_now", N_("生效以后才能评价。"))
    if row.outcome:
        raise Conflict("judged_already", N_("已经评价过，评价不改。"))
    if outcome not in Outcome.values:
        raise Refused("outcome_missing", N_("请选做到了没有。"), field="outcome")
    row.outcome, row.outcome_sheet = outcome, sheet.strip()[:80]
    row.outcome_reason = public_words(reason, "reason", rules.LONGEST_REASON)
    row.outcome_on = local_date(at)
    row.save(update_fields=["outcome", "outcome_reason", "outcome_sheet", "outcome_on"])
    changes = {"outcome": [None, outcome], "sheet": row.outcome_sheet}
    record(by=by, at=at, action="partnerships.judge", subject=row.reference, changes=changes)
    emit("agreement.moved", {"number": row.number, "state": "judged", "at": at.isoformat()}, at=at)
    return row


@transaction.atomic
def renew_agreement(
    *, by: Actor, at: dt.datetime, number: str, starts_on: dt.date, ends_on: dt.date | None
) -> Agreement:
    """续签: a new draft with the same parties, lines and assets; the old one is renewed when the new one starts.

    Raises Forbidden, Conflict `not_now`, `renewing_already`, Refused `ends_before`, `end_missing`.
    """
    row = queries.get_for(by, number, lock=True)
    require(by, rules.KEEP, path=row.path)
    rules.moved(row.state, "renew")
    if row.renewals.exclude(state=State.ENDED).exists():
        raise Conflict("renewing_already", N_("续签的协议已经在起草。"))
    parties = list(row.parties.select_related("organization").order_by("position"))
    at_position = {one.pk: n for n, one in enumerate(parties)}
    drafted = Drafted(
        kind=row.kind,
        title=row.title,
        place=row.place,
        parties=[(one.role, one.organization) for one in parties],
        starts_on=starts_on,
        ends_on=ends_on,
        about=row.about,
        facet=row.facet,
        anchors={code: dt.date.fromisoformat(day) for code, day in row.anchors.items()},
        lines=_same_lines(row, at_position),
        assets=_same_assets(row),
    )
    return draft_agreement(by=by, at=at, drafted=drafted, renews=row)


def _same_lines(row: Agreement, at_position: dict[int, int]) -> list[Given]:
    """What was promised, again; the days of the last term are over and are left out."""
    return [
        Given(
            what=line.what,
            owner=at_position[line.owner_id],
            evidence=line.evidence,
            partners=tuple(at_position[one.pk] for one in line.partners.all()),
            facet=line.facet,
            counted=line.counted,
            target=line.target,
            illustrative=line.illustrative,
        )
        for line in queries.lines_of(row)
    ]


def _same_assets(row: Agreement) -> list[Lending]:
    made = []
    for one in row.assets.select_related("used_by").order_by("position"):
        lent = Lending(one.kind, one.name, one.area, one.purpose, one.pieces, one.facet)
        made.append(replace(lent, used_by=one.used_by))
    return made

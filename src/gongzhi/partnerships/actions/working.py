"""记进展: what was done on a line, with what shows it; how a lent place was used."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.actions import Upload
from gongzhi.documents.models import EvidencePurpose
from gongzhi.duties.actions import show_evidence
from gongzhi.partnerships import queries, rules
from gongzhi.partnerships.actions.drafting import public_words
from gongzhi.partnerships.actions.moving import attach_papers
from gongzhi.partnerships.models import Agreement, Asset, LineEvent, State
from gongzhi.people.models import Organization
from gongzhi.people.queries import account_of


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: on which day, how much of what is counted or how far in per cent, in words, shown by what."""

    on: dt.date
    note: str
    amount: int = 0
    progress: int | None = None
    shows: str = ""
    uploads: Sequence[Upload] = ()
    request: uuid.UUID | None = None


@transaction.atomic
def record_progress(*, by: Actor, at: dt.datetime, number: str, position: int, done: Done) -> LineEvent:
    """What a party did on a line, with papers or the reference of what shows it; duties hear of a line that is done.

    Raises Forbidden `not_your_line`, Conflict `not_running`, Refused `evidence_missing` and those of rules.
    """
    line = queries.get_line_for(by, number, position)
    check_activity("partnerships")
    if before := _before(done.request):
        return before
    body = queries.body_acting(by, line)
    if body is None:
        raise Forbidden("not_your_line", N_("这一条由{body}来记。"), body=line.owner.organization.name)
    row = Agreement.objects.select_for_update().get(pk=line.agreement_id)
    line.refresh_from_db(fields=["total", "progress"])
    _check_running(row, done.on, at)
    rules.check_progress(done.amount, done.progress, counted=bool(line.counted), now=line.progress)
    rules.check_papers(len(done.uploads))
    if not done.uploads and not done.shows.strip():
        message = N_("请传{what}，或者写它的编号。")
        raise Refused("evidence_missing", message, what=line.evidence, field="files")
    event = LineEvent(line=line, on=done.on, amount=done.amount, organization=body, by=account_of(by), at=at)
    said = None if line.counted and line.target else done.progress
    event.progress = rules.progress_of(line.total + done.amount, line.target, said)
    _save(event, done, line.agreement, by=by, at=at)
    line.refresh_from_db(fields=["total", "progress"])
    if line.progress >= 100:
        show_evidence(by=by, at=at, subject=line.reference, evidence=row.reference, on=local_date(at))
    return event


@transaction.atomic
def record_use(*, by: Actor, at: dt.datetime, number: str, position: int, done: Done) -> LineEvent:
    """A lent place was used: on which day, for what, by how many people. Raises Forbidden `not_your_line`, NotFound."""
    row = queries.get_for(by, number)
    check_activity("partnerships")
    asset = Asset.objects.select_related("used_by").filter(agreement=row, position=position).first()
    if asset is None:
        raise NotFound("line_not_found", N_("这份协议没有这处场地。请回到协议看看。"))
    if before := _before(done.request):
        return before
    body = _using(by, row, asset)
    _check_running(row, done.on, at)
    event = LineEvent(asset=asset, on=done.on, amount=done.amount, organization=body, by=account_of(by), at=at)
    _save(event, done, row, by=by, at=at)
    return event


def _using(by: Actor, row: Agreement, asset: Asset) -> Organization:
    """The body that used it: the actor's own party, else the one whose agreement it is for its keeper."""
    parties = list(row.parties.select_related("organization").order_by("position"))
    own = [one.organization for one in parties if one.organization_id in by.organizations_for(rules.SERVE)]
    if own:
        return own[0]
    if queries.may_keep(by, row):
        return asset.used_by or parties[0].organization
    raise Forbidden("not_your_line", N_("这处场地由协议里的单位来记。"))


def _before(request: uuid.UUID | None) -> LineEvent | None:
    return LineEvent.objects.filter(request=request).first() if request else None


def _check_running(row: Agreement, on: dt.date, at: dt.datetime) -> None:
    """Raises Conflict `not_running`, Refused `day_wrong`."""
    if row.state != State.RUNNING:
        raise Conflict("not_running", N_("协议没在生效，不能记。"))
    if not row.starts_on <= on <= local_date(at):
        message = N_("日子要在协议开始以后、今天以前。")
        raise Refused("day_wrong", message, field="on")


def _save(event: LineEvent, done: Done, row: Agreement, *, by: Actor, at: dt.datetime) -> None:
    event.note, event.request = public_words(done.note, "note", rules.LONGEST_NOTE), done.request
    event.save(force_insert=True)
    attach_papers(row, done.uploads, by=by, at=at, subject=event.reference, purpose=EvidencePurpose.WORK)
    changes = {"on": event.on.isoformat(), "amount": event.amount, "progress": event.progress}
    subject = event.line.reference if event.line else f"asset:{event.asset_id}"
    record(by=by, at=at, action="partnerships.work", subject=row.reference, changes={"of": subject, **changes})
    if reference := rules.check_reference(done.shows):
        link(by=by, at=at, source=reference, relation="shows", target=event.reference)


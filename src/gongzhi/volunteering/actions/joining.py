"""Becoming a volunteer and ceasing to be one, teams and who is in them; nobody is assigned (志愿服务条例 25)."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused, SignInRequired
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.gatherings.actions.calling import place_of
from gongzhi.gatherings.rules import HOLD
from gongzhi.people.models import Organization, Person
from gongzhi.volunteering import queries, rules
from gongzhi.volunteering.models import BackEntry, Certificate, ServiceRecord, SignUp, Team, TeamMember, Volunteer


def person_in(by: Actor) -> uuid.UUID:
    """Raises SignInRequired."""
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    return by.person_id


@transaction.atomic
def register(*, by: Actor, at: dt.datetime, of_age: bool, guardian: bool = False) -> Volunteer:
    """Of one's own will; again is the same. Raises SignInRequired, Refused `guardian_needed`."""
    check_activity("volunteering")
    person = person_in(by)
    rules.check_age(of_age, guardian, queries.numbers(local_date(at)).adult_age)
    Person.objects.select_for_update().get(pk=person)
    row, made = Volunteer.objects.get_or_create(
        person_id=person, left_at=None, defaults={"of_age": of_age, "guardian_agreed": guardian, "since": at}
    )
    if made:
        record(by=by, at=at, action="volunteering.register", subject=str(row), changes={"of_age": of_age})
    return row


def registered(by: Actor) -> Volunteer:
    """Raises SignInRequired, Refused `not_registered`."""
    person = person_in(by)
    row = Volunteer.objects.select_for_update().filter(person=person, left_at__isnull=True).first()
    if row is None:
        raise Refused("not_registered", N_("请先登记成志愿者，再做这一步。"))
    return row


@transaction.atomic
def leave(*, by: Actor, at: dt.datetime) -> Volunteer:
    """Whenever one likes: teams and what one signed up for end too; what was served stays."""
    row = registered(by)
    TeamMember.objects.filter(volunteer=row, left_at__isnull=True).update(left_at=at)
    SignUp.objects.filter(person=row.person_id, came_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=at)
    row.left_at = at
    row.save(update_fields=["left_at"])
    record(by=by, at=at, action="volunteering.leave", subject=str(row), changes={})
    return row


@transaction.atomic
def name_team(*, by: Actor, at: dt.datetime, body: Organization, badge: str) -> Team:
    """A body becomes a team with a badge, or gets another one. Raises Forbidden, Refused `bad_badge`."""
    require(by, HOLD, path=place_of(body).path)
    if badge not in queries.badges(local_date(at)):
        raise Refused("bad_badge", N_("请从列表里选队伍的标志。"), field="badge")
    row, _made = Team.objects.update_or_create(organization=body, defaults={"badge": badge})
    record(by=by, at=at, action="volunteering.name_team", subject=str(row), changes={"badge": badge})
    return row


def _team(team: int) -> Team:
    row = Team.objects.filter(pk=team, organization__valid_to__isnull=True).first()
    if row is None:
        raise NotFound("no_team", N_("没有这支队伍。请刷新再看。"))
    return row


@transaction.atomic
def join_team(*, by: Actor, at: dt.datetime, team: int) -> TeamMember:
    """Raises NotFound `no_team`, Refused `not_registered`; again is the same."""
    volunteer, found = registered(by), _team(team)
    row, made = TeamMember.objects.get_or_create(volunteer=volunteer, team=found, left_at=None, defaults={"since": at})
    if made:
        record(by=by, at=at, action="volunteering.join_team", subject=str(found), changes={})
    return row


@transaction.atomic
def leave_team(*, by: Actor, at: dt.datetime, team: int) -> None:
    volunteer, found = registered(by), _team(team)
    if TeamMember.objects.filter(volunteer=volunteer, team=found, left_at__isnull=True).update(left_at=at):
        record(by=by, at=at, action="volunteering.leave_team", subject=str(found), changes={})


def export_volunteering(person_id: uuid.UUID) -> dict[str, Any]:
    """Registrations, sign-ups, the service record, certificates."""
    records = ServiceRecord.objects.filter(person=person_id).order_by("starts_at")
    fields = ("starts_at", "ends_at", "minutes", "host__name", "kind", "how", "reversed_at")
    signups = SignUp.objects.filter(person=person_id).order_by("at")
    given = Certificate.objects.filter(person=person_id).order_by("issued_at")
    return {
        "volunteer": list(Volunteer.objects.filter(person=person_id).values("since", "left_at", "of_age")),
        "signups": list(signups.values("activity__gathering__number", "service", "at", "cancelled_at")),
        "records": list(records.values(*fields)),
        "certificates": list(given.values("code", "first_on", "last_on", "minutes", "revoked_at")),
    }


def erase_volunteering(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Registration and what was still to come end, certificates hold no more; served time stays without a name."""
    TeamMember.objects.filter(volunteer__person=person_id, left_at__isnull=True).update(left_at=at)
    Volunteer.objects.filter(person=person_id, left_at__isnull=True).update(left_at=at)
    BackEntry.objects.filter(person=person_id, approved__isnull=True).delete()
    SignUp.objects.filter(person=person_id, came_at__isnull=True).delete()
    Certificate.objects.filter(person=person_id, revoked_at__isnull=True).update(revoked_at=at)

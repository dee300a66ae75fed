"""党员登记: a branch keeps its members for itself; each member alone decides whether it is seen (亮身份)."""

import datetime as dt
import uuid

from django.db import transaction

from gongzhi.audit.actions import log_access, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.actions.accounts import destroy_key
from gongzhi.people.actions.organizations import person_with
from gongzhi.people.models import Membership, Organization
from gongzhi.people.queries import membership as members
from gongzhi.people.queries import standing
from gongzhi.people.queries.membership import Member

ACTIVITY = "party_members"


def _check_branch(branch: Organization) -> None:
    if branch.kind not in members.branch_kinds() or branch.place is None:
        raise Refused("not_a_branch", N_("{name} 不是党支部。请换一个。"), name=branch.name)
    if not Organization.objects.filter(standing(), pk=branch.pk).exists():
        raise Conflict("organization_ended", N_("{name} 已经撤销了。请换一个。"), name=branch.name)


@transaction.atomic
def keep_member(
    *, by: Actor, at: dt.datetime, branch: Organization, contact: str, name: str, category: str
) -> Membership:
    """Write down a member by telephone or mail, or another category of one; doing it twice changes nothing.

    Raises Forbidden, Conflict `activity_off`, `organization_ended`, Refused `not_a_branch`, `unknown_category`,
    `bad_phone`, `bad_email`, `name_missing`.
    """
    require(by, members.KEEP, path=branch.place.path if branch.place else None)
    check_activity(ACTIVITY)
    _check_branch(branch)
    if category not in [one.code for one in members.categories()]:
        raise Refused("unknown_category", N_("模式包里没有这一类。请从列表里选。"), field="category")
    person = person_with(by=by, at=at, contact=contact, name=name)
    row = Membership.objects.select_for_update().filter(
        organization=branch, holder_index=members.index_of(person.pk)
    ).first()
    if row is None:
        row = _new(branch, person.pk, category, at)
    elif row.category == category:
        return row
    else:
        row.category = category
        row.save(update_fields=["category"])
    # The trail says that the list of a branch changed: neither whose line it was, nor what it says.
    record(by=by, at=at, action="people.keep_member", subject=f"membership:{row.pk}", changes={"branch": branch.code})
    return row


def _new(branch: Organization, person_id: uuid.UUID, category: str, at: dt.datetime) -> Membership:
    key_row, key = vault.new_key(members.FIELD, at)
    key_row.save(force_insert=True)
    row = Membership(organization=branch, category=category, key=key_row, valid_from=local_date(at))
    row.sealed = members.seal_holder(key, row.pk, person_id)
    row.holder_index = members.index_of(person_id)
    row.save(force_insert=True)
    return row


@transaction.atomic
def remove_member(*, by: Actor, at: dt.datetime, row: Membership) -> None:
    """Strike a line: nothing of it stays, its key is destroyed. Raises Forbidden, NotFound `no_such_member`."""
    place = row.organization.place
    require(by, members.KEEP, path=place.path if place else None)
    if not Membership.objects.filter(pk=row.pk).delete()[0]:
        raise NotFound("no_such_member", N_("没有这一条登记。它可能已经删了。"))
    destroy_key(row.key_id, at)
    changes = {"branch": row.organization.code}
    record(by=by, at=at, action="people.remove_member", subject=f"membership:{row.pk}", changes=changes)


@transaction.atomic
def show_membership(*, by: Actor, at: dt.datetime, shown: bool) -> None:
    """亮身份, or take it back: by the member alone, at any time; twice changes nothing.

    Raises SignInRequired, Refused `no_membership`, Conflict `activity_off` (never for taking back).
    """
    if by.kind != "person" or by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if shown:
        check_activity(ACTIVITY)
    mine = Membership.objects.filter(holder_index=members.index_of(by.person_id))
    if shown and not mine.exists():
        raise Refused("no_membership", N_("没有支部登记过您是党员。要登记，请找您的支部。"))
    if mine.filter(shown_at__isnull=shown).update(shown_at=at if shown else None):
        action = "people.show_membership" if shown else "people.hide_membership"
        record(by=by, at=at, action=action, subject=f"person:{by.person_id}")


def log_reading(*, by: Actor, at: dt.datetime, read: list[Member], purpose: str) -> None:
    """Write that a branch's list was read, line by line, one's own excepted.

    The lines are named, not the people: whoever checks the readings does not learn who is a member; each member does.
    """
    subjects = [f"membership:{one.id}" for one in read if one.person_id != by.person_id]
    log_access(by=by, at=at, subjects=subjects, fields=f"name,phone,{members.FIELD}", purpose=purpose)


def carry_members(body: Organization, heir: Organization, at: dt.datetime) -> None:
    """Members of a branch that goes up in another go along; whoever is in both stands there once."""
    there = set(Membership.objects.filter(organization=heir).values_list("holder_index", flat=True))
    twice = [row for row in Membership.objects.filter(organization=body) if row.holder_index in there]
    for row in twice:
        row.delete()
        destroy_key(row.key_id, at)
    Membership.objects.filter(organization=body).update(organization=heir)


def erase_memberships(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Of somebody who leaves nothing stays, no key and no row."""
    rows = list(Membership.objects.filter(holder_index=members.index_of(person_id)))
    for row in rows:
        row.delete()
        destroy_key(row.key_id, at)

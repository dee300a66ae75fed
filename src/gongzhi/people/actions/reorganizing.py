"""Bodies that end or go up in another one, from a day on; what they were stays readable."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import successions
from gongzhi.common.text import N_
from gongzhi.people.actions.membership import carry_members
from gongzhi.people.models import Organization, OrganizationVersion, Post, Relation
from gongzhi.people.queries import in_force, standing


def _locked(by: Actor, organization: Organization) -> Organization:
    place = organization.place
    require(by, "people.manage", path=place.path if place else None)
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    if row.valid_to is not None and not Organization.objects.filter(standing(), pk=row.pk).exists():
        raise Conflict("organization_ended", N_("{name}已经撤销了。"), name=row.name)
    return row


def _close(row: Organization, on: dt.date) -> None:
    current = OrganizationVersion.objects.get(organization=row, valid_to__isnull=True)
    if on <= current.valid_from:
        day = current.valid_from.isoformat()
        raise Refused("date_too_early", N_("生效日期要晚于上一次变更（{day}）。"), day=day, field="on")
    current.valid_to = on
    current.save(update_fields=["valid_to"])
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    Relation.objects.filter(source=row, valid_to__isnull=True).update(valid_to=on)
    Relation.objects.filter(target=row, valid_to__isnull=True).update(valid_to=on)


@transaction.atomic
def end_organization(*, by: Actor, at: dt.datetime, organization: Organization, on: dt.date) -> None:
    """Abolish a body from a day on. Raises Forbidden, Conflict `organization_ended`, `organization_not_empty`,
    Refused `date_too_early`.
    """
    row = _locked(by, organization)
    below = Organization.objects.filter(parent=row, valid_to__isnull=True).count()
    held = Post.objects.filter(in_force(on), in_force(on, "mandates__"), organization=row).distinct().count()
    if below or held:
        message = N_("{name}下面还有 {below} 个组织、{held} 个有人的岗位。先移走、离任，或者改用合并。")
        raise Conflict("organization_not_empty", message, name=row.name, below=below, held=held)
    _close(row, on)
    Post.objects.filter(in_force(on), organization=row).update(valid_to=on)
    changes = {"on": on.isoformat()}
    record(by=by, at=at, action="people.end_organization", subject=f"organization:{row.pk}", changes=changes)


@transaction.atomic
def merge_organizations(
    *, by: Actor, at: dt.datetime, organization: Organization, into: Organization, on: dt.date
) -> int:
    """A body goes up in another: what is below it, its posts and its open work go there. Returns open items moved.

    Raises Forbidden, Conflict `organization_ended`, Refused `organization_circle`, `date_too_early`.
    """
    row, heir = _locked(by, organization), _locked(by, into)
    above: Organization | None = heir
    while above is not None:
        if above.pk == row.pk:
            raise Refused("organization_circle", N_("上级不能是它自己或它的下级。"), field="into")
        above = above.parent
    for child in Organization.objects.filter(parent=row, valid_to__isnull=True):
        _put_under(child, heir, on)
    _close(row, on)
    posts = Post.objects.filter(in_force(on), organization=row).update(organization=heir)
    carry_members(row, heir, at)
    heir.serves = sorted({*heir.serves, *row.serves})
    heir.save(update_fields=["serves"])
    moved = sum(hand_on(row.pk, heir.pk, at) for hand_on in successions())
    changes = {"into": f"organization:{heir.pk}", "on": on.isoformat(), "posts": posts, "moved": moved}
    record(by=by, at=at, action="people.merge_organizations", subject=f"organization:{row.pk}", changes=changes)
    target = f"organization:{heir.pk}"
    link(by=by, at=at, source=f"organization:{row.pk}", relation="became", target=target)
    return moved


def _put_under(child: Organization, heir: Organization, on: dt.date) -> None:
    current = OrganizationVersion.objects.get(organization=child, valid_to__isnull=True)
    if on > current.valid_from:
        current.valid_to = on
        current.save(update_fields=["valid_to"])
        OrganizationVersion.objects.create(organization=child, name=child.name, parent=heir, valid_from=on)
    else:
        current.parent = heir
        current.save(update_fields=["parent"])
    child.parent = heir
    child.save(update_fields=["parent"])

"""Organizations and their past, relations, posts, and who is appointed to them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import handovers
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people import rules, vault
from gongzhi.people.actions.accounts import clean_contact, contact_field, create_person
from gongzhi.people.actions.serving import check_titles
from gongzhi.people.models import Mandate, Organization, OrganizationVersion, Person, Post, Relation
from gongzhi.people.queries import SERVICE, in_force, overlapping
from gongzhi.people.queries.governing import seating_permission
from gongzhi.places.models import Place


@transaction.atomic
def add_organization(
    *,
    by: Actor,
    at: dt.datetime,
    code: str,
    kind: str,
    name: str,
    parent: Organization | None = None,
    place: Place | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    serves: list[str] | None = None,
    features: dict[str, Any] | None = None,
) -> Organization:
    """A body of any kind; its first version is written with it.

    With `valid_to` it is a temporary one (专班): from that day on nothing is given to it.
    Raises Refused `dates_crossed`.
    """
    require(by, "people.manage", path=place.path if place else None)
    day = valid_from or local_date(at)
    if valid_to is not None and valid_to <= max(day, local_date(at)):
        raise Refused("dates_crossed", N_("结束日期要晚于开始日期。"), field="valid_to")
    given: dict[str, Any] = {"valid_to": valid_to, "serves": serves or [], "features": features or {}}
    return write_organization(
        by=by, at=at, code=code, kind=kind, name=name, parent=parent, place=place, valid_from=day, **given
    )


def write_organization(
    *, by: Actor, at: dt.datetime, code: str, name: str, parent: Organization | None, valid_from: dt.date, **given: Any
) -> Organization:
    """The body with its first version; the caller has asked who may. Raises Conflict `code_taken`."""
    if Organization.objects.filter(code=code).exists():
        raise Conflict("code_taken", N_("代码 {taken} 已经用了。请换一个。"), taken=code, field="code")
    organization = Organization.objects.create(code=code, name=name, parent=parent, valid_from=valid_from, **given)
    OrganizationVersion.objects.create(organization=organization, name=name, parent=parent, valid_from=valid_from)
    record(by=by, at=at, action="people.add_organization", subject=f"organization:{organization.pk}")
    return organization


def _check_no_circle(organization: Organization, parent: Organization | None) -> None:
    while parent is not None:
        if parent.pk == organization.pk:
            raise Refused("organization_circle", N_("上级不能是它自己或它的下级。"), field="parent")
        parent = parent.parent


@transaction.atomic
def change_organization(
    *,
    by: Actor,
    at: dt.datetime,
    organization: Organization,
    on: dt.date,
    name: str | None = None,
    parent: Organization | None = None,
) -> OrganizationVersion:
    """Rename or re-parent from a day on; what was before stays true for its time.

    Raises Refused `date_too_early`, `organization_circle`.
    """
    require(by, "people.manage", path=organization.place.path if organization.place else None)
    _check_no_circle(organization, parent)
    current = OrganizationVersion.objects.get(organization=organization, valid_to__isnull=True)
    if on <= current.valid_from:
        raise Refused("date_too_early", N_("生效日期要晚于上一次变更（{day}）。"), day=current.valid_from.isoformat())
    current.valid_to = on
    current.save(update_fields=["valid_to"])
    organization.name = name or organization.name
    organization.parent = parent or organization.parent
    organization.save(update_fields=["name", "parent"])
    changes = {"from": on.isoformat(), "renamed": bool(name), "parent": parent.pk if parent else None}
    subject = f"organization:{organization.pk}"
    record(by=by, at=at, action="people.change_organization", subject=subject, changes=changes)
    return OrganizationVersion.objects.create(
        organization=organization, name=organization.name, parent=organization.parent, valid_from=on
    )


@transaction.atomic
def relate(*, by: Actor, at: dt.datetime, kind: str, source: Organization, target: Organization) -> Relation:
    """One organization leads, guides, works with, supervises, serves … another, from today."""
    require(by, "people.manage", path=source.place.path if source.place else None)
    if source.pk == target.pk:
        raise Refused("relation_to_self", N_("要选另一个组织。"), field="target")
    relation, _ = Relation.objects.get_or_create(
        kind=kind, source=source, target=target, valid_to=None, defaults={"valid_from": local_date(at)}
    )
    record(by=by, at=at, action="people.relate", subject=f"relation:{relation.pk}", changes={"kind": kind})
    return relation


@transaction.atomic
def end_relation(*, by: Actor, at: dt.datetime, relation: Relation) -> None:
    """It no longer holds from today on; that it held stays known. Raises Conflict `relation_ended`."""
    place = relation.source.place
    require(by, "people.manage", path=place.path if place else None)
    if not Relation.objects.filter(pk=relation.pk, valid_to__isnull=True).update(valid_to=local_date(at)):
        raise Conflict("relation_ended", N_("这项关系已经解除了。"))
    record(by=by, at=at, action="people.end_relation", subject=f"relation:{relation.pk}")


@transaction.atomic
def add_post(
    *,
    by: Actor,
    at: dt.datetime,
    code: str,
    role: str,
    title: str,
    place: Place,
    organization: Organization | None = None,
    seats: int = 1,
    eligibility: str = "",
    incompatible: list[str] | None = None,
    valid_from: dt.date | None = None,
    profession: str = "",
) -> Post:
    """A post over a place; its role decides what its holder may do there.

    Raises Forbidden, Refused `unknown_role`, `unknown_profession`, Conflict `code_taken`.
    """
    require(by, "people.manage", path=place.path)
    if profession and by.kind != "system":  # a model that is being loaded was checked as a pack, and is not in use yet
        rules.check_profession(profession, [one.code for one in packs.active_model().professions])
    if Post.objects.filter(code=code).exists():
        raise Conflict("code_taken", N_("代码 {taken} 已经用了。请换一个。"), taken=code, field="code")
    if role not in rules.POST_ROLES:
        known = "、".join(sorted(rules.POST_ROLES))
        raise Refused("unknown_role", N_("没有“{role}”这个角色。可用的有：{known}。"), role=role, known=known)
    given: dict[str, Any] = {"eligibility": eligibility, "incompatible": incompatible or [], "profession": profession}
    return write_post(
        by=by,
        at=at,
        code=code,
        role=role,
        title=title,
        place=place,
        organization=organization,
        seats=seats,
        valid_from=valid_from or local_date(at),
        **given,
    )


def write_post(*, by: Actor, at: dt.datetime, role: str, **given: Any) -> Post:
    """The post; the caller has asked who may."""
    post = Post.objects.create(role=role, **given)
    record(by=by, at=at, action="people.add_post", subject=f"post:{post.pk}", changes={"role": role})
    return post


def service_post(*, role: str, place: Place, at: dt.datetime) -> Post:
    """The post that holds service accounts of a role over a place; its seats are not counted."""
    if role not in rules.STAFF_ROLES:
        known = "、".join(sorted(rules.STAFF_ROLES))
        raise Refused("unknown_role", N_("没有“{role}”这个角色。可用的有：{known}。"), role=role, known=known)
    post, _ = Post.objects.get_or_create(
        code=f"{SERVICE}{role}-{place.code}",
        defaults={
            "role": role,
            "title": "接口账号",
            "place": place,
            "seats": 10_000,
            "valid_from": local_date(at),
        },
    )
    return post


@transaction.atomic
def appoint(
    *,
    by: Actor,
    at: dt.datetime,
    person: Person,
    post: Post,
    decision: str,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    substitute_for: Mandate | None = None,
    despite: str = "",
    resolution: str = "",
    entry: str = "",
) -> Mandate:
    """Give a person a post, or let them stand in for its holder until `valid_to`.

    `despite` is why it is done although two posts had better not go together; it goes into the trail. `resolution`:
    the reference of what a body here decided; whoever may carry that out (`people.settle`) does it. `entry`: how the
    holder came to it (models.Entry), empty where nobody says.
    Raises Refused `post_full`, `posts_incompatible`, `posts_clash`, `posts_doubtful`, `substitute_needs_end`,
    `substitute_elsewhere`, `dates_crossed`; Conflict `already_in_post`.
    """
    _may_change(by, post, resolution)
    day = valid_from or local_date(at)
    Post.objects.select_for_update().get(pk=post.pk)
    if substitute_for and valid_to is None:
        raise Refused("substitute_needs_end", N_("代班要写到哪一天为止。"))
    if substitute_for and substitute_for.post_id != post.pk:
        raise Refused("substitute_elsewhere", N_("代班要代同一个岗位上的人。"))
    if valid_to is not None and valid_to <= day:
        raise Refused("dates_crossed", N_("结束日期要晚于开始日期。"), field="valid_to")
    meanwhile = Mandate.objects.filter(overlapping(day, valid_to))
    if meanwhile.filter(person=person, post=post).exists():
        raise Conflict("already_in_post", N_("这位这段时间已经在这个岗位上了。"))
    held = meanwhile.filter(person=person).values_list("post__role", "post__incompatible")
    taken = 0 if substitute_for else meanwhile.filter(post=post, substitute_for__isnull=True).count()
    rules.check_appointment(held=held, role=post.role, incompatible=post.incompatible, taken=taken, seats=post.seats)
    titles = meanwhile.filter(person=person).values_list("post__title", flat=True)
    check_titles(title=post.title, others=list(titles), reason=despite)
    mandate = Mandate.objects.create(
        person=person,
        post=post,
        valid_from=day,
        valid_to=valid_to,
        decision=decision,
        substitute_for=substitute_for,
        entry=entry,
    )
    changes: dict[str, Any] = {"post": post.code, "person": str(person.pk), "substitute": bool(substitute_for)}
    changes |= {"despite": True} if despite else {}
    changes |= {"entry": entry} if entry else {}
    changes |= {"resolution": resolution} if resolution else {}
    record(by=by, at=at, action="people.appoint", subject=f"mandate:{mandate.pk}", changes=changes)
    return mandate


def _may_change(by: Actor, post: Post, resolution: str) -> None:
    """Who may seat people in the post, or what a body here decided. Raises Forbidden, Refused `appointed_elsewhere`."""
    require(by, "people.settle" if resolution else seating_permission(post), path=post.place.path)
    if resolution:
        rules.check_settled(post.role)


@transaction.atomic
def end_mandate(
    *,
    by: Actor,
    at: dt.datetime,
    mandate: Mandate,
    on: dt.date,
    handed_to: Mandate | None = None,
    resolution: str = "",
) -> int:
    """End a mandate and hand its open work on; returns how many items moved. `resolution`: as in `appoint`.

    Raises Forbidden, Conflict `mandate_ended`, Refused `handover_elsewhere`, `appointed_elsewhere`.
    """
    _may_change(by, mandate.post, resolution)
    if mandate.valid_to is not None and mandate.valid_to <= on:
        raise Conflict("mandate_ended", N_("这项任职已经结束了。"))
    if handed_to and not Mandate.objects.filter(Q(pk=handed_to.pk) & in_force(on)).exists():
        raise Refused("handover_elsewhere", N_("接手的人这一天不在岗。请换一位在任的接手。"))
    mandate.valid_to, mandate.handed_to = max(on, mandate.valid_from), handed_to
    mandate.save(update_fields=["valid_to", "handed_to"])
    standing_in = Mandate.objects.filter(substitute_for=mandate, valid_to__gt=mandate.valid_to)
    standing_in.update(valid_to=Greatest("valid_from", Value(mandate.valid_to)))
    moved = sum(move(mandate.pk, handed_to.pk if handed_to else None, at) for move in handovers())
    to = f"mandate:{handed_to.pk}" if handed_to else None
    changes = {"on": mandate.valid_to.isoformat(), "handed_to": to, "moved": moved}
    changes |= {"resolution": resolution} if resolution else {}
    record(by=by, at=at, action="people.end_mandate", subject=f"mandate:{mandate.pk}", changes=changes)
    return moved


def person_with(*, by: Actor, at: dt.datetime, contact: str, name: str) -> Person:
    """Whoever has this telephone or mail address; an account is made where there is none. The caller asks who may.

    Raises Refused `bad_phone`, `bad_email`, `name_missing`.
    """
    field = contact_field(contact)
    clean = clean_contact(field, contact)
    person = vault.find_person(field, clean)
    if person is None:
        if not name.strip():
            raise Refused("name_missing", N_("这个号码还没有账号。请写上姓名，会用它建一个。"), field="name")
        person = create_person(by=by, at=at, values={field: clean, "name": name})
    return person


@transaction.atomic
def appoint_by_contact(
    *,
    by: Actor,
    at: dt.datetime,
    contact: str,
    name: str,
    post: Post,
    decision: str,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    substitute_for: Mandate | None = None,
    despite: str = "",
    entry: str = "",
) -> Mandate:
    """Appoint whoever has this telephone or mail address; an account is made where there is none.

    Raises Refused `bad_phone`, `bad_email`, `name_missing` and what `appoint` raises.
    """
    require(by, seating_permission(post), path=post.place.path)
    person = person_with(by=by, at=at, contact=contact, name=name)
    return appoint(
        by=by,
        at=at,
        person=person,
        post=post,
        decision=decision,
        valid_from=valid_from,
        valid_to=valid_to,
        substitute_for=substitute_for,
        despite=despite,
        entry=entry,
    )


@transaction.atomic
def make_first_administrator(*, by: Actor, at: dt.datetime, contact: str, name: str) -> Mandate:
    """The first administrator of an instance, over its highest place; for the command line of the machine itself.

    Raises Refused `no_place` before a model or division is loaded, Conflict `already_administered`, Forbidden.
    """
    require(by, "people.manage")
    if by.kind != "system":
        raise Forbidden("forbidden", N_("第一位管理员只能在服务器上用命令建：./gongzhi admin create。"))
    place = Place.objects.filter(parent=None, valid_to__isnull=True).order_by("id").first()
    if place is None:
        raise Refused("no_place", N_("还没有地点。请先装入模式（load-model）或导入区划。"))
    holding = Mandate.objects.filter(in_force(local_date(at)), post__role="administrator", person__kind="person")
    if holding.filter(person__is_demo=False).exists():
        raise Conflict("already_administered", N_("已经有管理员了。请由现任管理员在“组织和任职”里任命。"))
    post, _ = Post.objects.get_or_create(
        code=f"administrator-{place.code}",
        defaults={
            "role": "administrator",
            "title": "系统管理员",
            "place": place,
            "seats": 2,
            "valid_from": local_date(at),
        },
    )
    return appoint_by_contact(by=by, at=at, contact=contact, name=name, post=post, decision="install")

"""Facts deleted: when their time is over, when a scene ends, when a person takes consent back or leaves."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.people.actions import withdraw_consent
from gongzhi.people.queries import person_of
from gongzhi.places.models import Place
from gongzhi.registers.models import CollectionTask, Fact, Form, FormStatus, Scene
from gongzhi.registers.queries.dictionary import scene_packs
from gongzhi.registers.queries.facts import facts_of_person, value_of
from gongzhi.registers.sql import maintenance

AT_ONCE = 5_000


def _delete(facts: QuerySet[Fact], reason: str) -> int:
    """Really gone, with the rechecks of them; returns how many facts."""
    with maintenance(reason):
        return facts.delete()[1].get("registers.Fact", 0)


@transaction.atomic
def forget_expired(*, by: Actor, at: dt.datetime) -> int:
    """Delete facts whose last day is over (个人信息保护法 47); the trail keeps how many of which field."""
    over = Fact.objects.filter(keep_until__lt=local_date(at)).order_by("pk")[:AT_ONCE]
    rows = list(over.values_list("pk", "field"))
    if not rows:
        return 0
    count = _delete(Fact.objects.filter(pk__in=[pk for pk, _ in rows]), "retention")
    fields = dict(sorted(Counter(field for _, field in rows).items()))
    record(by=by, at=at, action="registers.forget_expired", subject="facts:-", changes={"count": count, "of": fields})
    return count


@transaction.atomic
def begin_scene(*, by: Actor, at: dt.datetime, name: str, place: Place, order: str, until: dt.date) -> Scene:
    """Switch an emergency scene on over a place, by an order, until a day.

    Raises Forbidden, NotFound `unknown_scene`, Refused `scene_without_order`, `scene_too_long`, Conflict `scene_on`.
    """
    require(by, "registers.scene", path=place.path)
    check_activity("emergency")
    today = local_date(at)
    found = next(((ref, pack) for ref, pack in scene_packs(today) if pack.name == name), None)
    if found is None:
        raise NotFound("unknown_scene", N_("没有这个应急场景。请先装它的模式包。"))
    reference, pack = found
    if not tidy(order):
        raise Refused("scene_without_order", N_("请写启用令的名称和文号。没有命令不能启用。"), field="order")
    if not today <= until <= today + dt.timedelta(days=pack.most_days):
        raise Refused(
            "scene_too_long", N_("最多启用 {days} 天，到期可以再下命令。"), days=pack.most_days, field="until"
        )
    if Scene.objects.filter(code=name, place=place, ended_at__isnull=True).exists():
        raise Conflict("scene_on", N_("这个场景在这里已经启用了。"))
    scene = Scene.objects.create(
        code=name,
        pack=reference,
        order=tidy(order),
        basis=pack.basis,
        place=place,
        path=place.path,
        begun_at=at,
        begun_by=by.reference,
        until=until,
    )
    changes = {"scene": name, "pack": reference, "place": place.code, "until": until.isoformat()}
    record(by=by, at=at, action="registers.begin_scene", subject=f"scene:{scene.pk}", changes=changes)
    return scene


@transaction.atomic
def end_scene(*, by: Actor, at: dt.datetime, scene_id: int) -> Scene:
    """Switch a scene off: its forms close, its tasks end, its facts are deleted, the trail keeps how many.

    Raises NotFound `scene_not_found`, Forbidden, Conflict `scene_over`.
    """
    scene = Scene.objects.select_for_update().filter(pk=scene_id).first()
    if scene is None:
        raise NotFound("scene_not_found", N_("没有这个应急场景，或者不归您管。"))
    require(by, "registers.scene", path=scene.path)
    if scene.ended_at is not None:
        raise Conflict("scene_over", N_("这个场景已经停用了。"))
    CollectionTask.objects.filter(form__scene=scene, closed_at__isnull=True).update(closed_at=at)
    Form.objects.filter(scene=scene, status=FormStatus.OPEN).update(status=FormStatus.CLOSED)
    # Nothing is approved any more of a scene that is over.
    Form.objects.filter(scene=scene, status=FormStatus.WAITING).update(status=FormStatus.DRAFT)
    scene.deleted = _delete(Fact.objects.filter(scene=scene), "scene")
    scene.ended_at, scene.ended_by = at, by.reference
    scene.save(update_fields=["deleted", "ended_at", "ended_by"])
    changes = {"scene": scene.code, "deleted": scene.deleted}
    record(by=by, at=at, action="registers.end_scene", subject=f"scene:{scene.pk}", changes=changes)
    return scene


def end_due_scenes(*, by: Actor, at: dt.datetime) -> int:
    """Scenes whose last day is over end by themselves; returns how many."""
    due = Scene.objects.filter(ended_at__isnull=True, until__lt=local_date(at)).order_by("pk")
    ids = list(due.values_list("pk", flat=True))
    for pk in ids:
        end_scene(by=by, at=at, scene_id=pk)
    return len(ids)


@transaction.atomic
def take_back(*, by: Actor, at: dt.datetime, form_code: str) -> int:
    """A person takes consent to a form back; returns how many facts rested on it and are deleted.

    The same as withdrawing it among one's consents (个人信息保护法 15, 47).
    Raises SignInRequired, NotFound `no_consent`.
    """
    facts = Fact.objects.filter(person=person_of(by), form__code=form_code)
    count = facts.count()
    withdraw_consent(by=by, at=at, purpose=f"form:{form_code}")
    return count


def end_consented(person_id: uuid.UUID, purpose: str, at: dt.datetime) -> int:
    """A consent was withdrawn: what was said about oneself with the form that rested on it is deleted."""
    kind, _, code = purpose.partition(":")
    if kind != "form":
        return 0
    count = _delete(Fact.objects.filter(person_id=person_id, form__code=code), "consent")
    by = system_actor("registers")
    record(by=by, at=at, action="registers.end_consented", subject=purpose, changes={"count": count})
    return count


def export_facts(person_id: uuid.UUID) -> dict[str, Any]:
    """Every fact about the person: what, since when, from where, on what basis, until when (个人信息保护法 45)."""
    return {
        "facts": [
            {
                "field": fact.field,
                "value": value_of(fact),
                "observed_on": fact.observed_on.isoformat(),
                "source": fact.source,
                "basis": fact.basis,
                "purpose": fact.purpose,
                "keep_until": fact.keep_until.isoformat(),
            }
            for fact in facts_of_person(person_id)
        ]
    }


@transaction.atomic
def erase_facts(person_id: uuid.UUID, at: dt.datetime) -> None:
    """This room's part of an erasure: the facts about the person go; what the person wrote of places stays."""
    by, subject = system_actor("registers"), f"person:{person_id}"
    count = _delete(Fact.objects.filter(person_id=person_id), "erasure")
    record(by=by, at=at, action="registers.erase_facts", subject=subject, changes={"count": count})

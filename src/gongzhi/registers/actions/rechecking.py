"""抽查: answers drawn by lot after a task has ended, asked again by a second person."""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record, seal_entries
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.engines.sampling import draw, population_digest, sample_size
from gongzhi.registers.actions.collecting import record_fact
from gongzhi.registers.models import CollectionTask, Fact, Recheck
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries.dictionary import get_field, whole_dictionary
from gongzhi.registers.queries.facts import Subject
from gongzhi.registers.queries.rechecks import population_of, seed_of
from gongzhi.registers.rules import facts as rules


@transaction.atomic
def draw_recheck(*, by: Actor, at: dt.datetime, task_id: int) -> list[Recheck]:
    """Draw from the answers of an ended task, once; seed and list are kept, so that anybody can draw again.

    Raises NotFound, Forbidden, Conflict `task_running`, `drawn_before`, `not_sealed`, Refused `nothing_to_draw`.
    """
    task = queries.get_task_for(by, task_id, lock=True)
    require(by, "registers.recheck", path=task.path)
    if task.closed_at is None:
        raise Conflict("task_running", N_("先结束这项任务，再抽查。"))
    if task.draw:
        raise Conflict("drawn_before", N_("这项任务抽过了，只抽一次。"))
    seal_entries(by=system_actor("seal"), at=at, everything=True)
    if (seed := seed_of(task)) is None:
        raise Conflict("not_sealed", N_("结束任务后还没有留痕可以作种子。请过一会儿再抽。"))
    if not (names := population_of(task)):
        raise Refused("nothing_to_draw", N_("这项任务没有可以抽查的答案。"))
    found = whole_dictionary(local_date(at), task.form.scene)
    pack = found.pack
    size = sample_size(len(names), percent=pack.recheck_percent, least=pack.recheck_least, most=pack.recheck_most)
    drawn = draw(names, seed=seed, size=size)
    task.draw = {
        "seed": seed,
        "population": names,
        "digest": population_digest(names),
        "size": size,
        "drawn": drawn,
        "pack": found.reference,
    }
    task.save(update_fields=["draw"])
    rows = [Recheck(task=task, fact_id=int(name.removeprefix("fact:")), drawn_at=at) for name in drawn]
    Recheck.objects.bulk_create(rows)
    changes: dict[str, Any] = {"task": task.pk, **{key: task.draw[key] for key in ("seed", "digest", "size", "pack")}}
    record(by=by, at=at, action="registers.draw_recheck", subject=task.form.reference, changes=changes)
    return rows


@transaction.atomic
def record_recheck(*, by: Actor, at: dt.datetime, recheck_id: int, given: str) -> Recheck:
    """What a second person was told. Where it differs it stands beside the first, until somebody chooses.

    Raises NotFound, Forbidden, Conflict `checked_before`, Refused `own_answer`, `bad_value`.
    """
    rows = Recheck.objects.select_for_update(of=("self",)).select_related("fact__form__scene", "task")
    found = rows.filter(pk=recheck_id).first()
    if found is None:
        raise NotFound("recheck_not_found", N_("没有这一条抽查，或者答案已经到期删除了。"))
    fact = found.fact
    require(by, "registers.recheck", path=fact.path)
    if found.checked_at is not None:
        raise Conflict("checked_before", N_("这一条已经抽查过了。"))
    rules.check_recheck(checker=by.reference, recorders=[fact.recorded_by])
    field = get_field(whole_dictionary(local_date(at), fact.scene).fields, fact.field)
    found.agrees, found.checked_by, found.checked_at = rules.agrees(field, fact.value, given), by.reference, at
    found.save()
    if not found.agrees and fact.scene_id is None:
        _put_beside(found, fact, given, by=by, at=at)
    changes = {"task": found.task_id, "fact": fact.pk, "agrees": found.agrees}
    record(by=by, at=at, action="registers.record_recheck", subject=fact.subject, changes=changes)
    return found


def _put_beside(found: Recheck, fact: Fact, given: str, *, by: Actor, at: dt.datetime) -> None:
    record_fact(
        by=by,
        at=at,
        subject=Subject(fact.subject, "", fact.path),
        field=fact.field,
        given=given,
        observed_on=local_date(at),
        source=f"recheck:{found.pk}",
        basis=fact.basis,
        purpose=fact.purpose,
    )


def sample_holds(task: CollectionTask) -> bool:
    """Whether seed and list give the sample that was drawn: a second draw, for whoever doubts it."""
    facts = task.draw
    same = population_digest(facts["population"]) == facts["digest"]
    again = draw(facts["population"], seed=facts["seed"], size=facts["size"])
    return same and again == list(facts["drawn"])

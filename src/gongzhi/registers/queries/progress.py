"""How far a task is: numbers of the whole, and its subjects one after the other with what stands about each."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Count

from gongzhi.common.access import Actor
from gongzhi.registers.models import CollectionTask, Fact, Form
from gongzhi.registers.queries.facts import (
    facts_under,
    in_force,
    many_standings,
    organization_subject,
    place_subject,
    subjects_under,
    unsure_under,
)
from gongzhi.registers.queries.forms import Share
from gongzhi.registers.rules.facts import Held, held

AT_ONCE = 500


class Row(NamedTuple):
    """One subject of a task: how much is known of it, and the values by field; `key` is its place in the order."""

    reference: str
    name: str
    code: str
    key: str
    held: Held
    values: dict[str, Any]
    done: bool


def _within(task: CollectionTask, path: str) -> str:
    return path if path.startswith(task.path) else task.path


def rows_of(
    task: CollectionTask, path: str, on: dt.date, *, after: str = "", skip: Collection[str] = ()
) -> Iterator[Row]:
    """Every subject of the task at or below a path, behind the key `after`, with what stands about it.

    Ordered by key (a place's path, a body's code); three statements for five hundred. `skip`: references left out.
    """
    order = "code" if task.form.about == "organization" else "path"
    while True:
        rows = subjects_under(task.form.about, _within(task, path)).filter(**{f"{order}__gt": after})
        if task.form.about == "organization":
            rows = rows.select_related("place")
        subjects = list(rows[:AT_ONCE])
        yield from _rows(task, subjects, on, skip)
        if len(subjects) < AT_ONCE:
            return
        after = getattr(subjects[-1], order)


def _rows(task: CollectionTask, found: list[Any], on: dt.date, skip: Collection[str]) -> list[Row]:
    form, bodies = task.form, task.form.about == "organization"
    every = [organization_subject(one) if bodies else place_subject(one) for one in found]
    subjects = [one for one in every if one.reference not in skip]
    references = [one.reference for one in subjects]
    known = many_standings(references, on, form.codes)
    answers = Fact.objects.filter(task=task, subject__in=references) if task.pk else Fact.objects.none()
    touched = set(answers.values_list("subject", flat=True).distinct())
    rows = []
    for one in subjects:
        stands = known.get(one.reference, {})
        count = held(form.codes, stands)
        done = one.reference in touched and count.left == 0
        key = one.code if bodies else one.path
        rows.append(Row(one.reference, one.name, one.code, key, count, stands, done))
    return rows


@dataclass(frozen=True, slots=True)
class Progress:
    """How many subjects, which of them are whole, and answers there are of all that are wanted."""

    count: int
    whole: frozenset[str]
    answers: Share

    @property
    def left(self) -> int:
        return max(0, self.count - len(self.whole))


def progress_of(task: CollectionTask, path: str, on: dt.date) -> Progress:
    """Of all subjects at or below a path, by counting; what two sources dispute is not there."""
    form, wanted = task.form, _within(task, path)
    count = subjects_under(form.about, wanted).count()
    facts = facts_under(form.about, wanted, form.codes).filter(in_force(on))
    fields = dict(facts.order_by().values_list("subject").annotate(n=Count("field", distinct=True)))
    unsure = unsure_under(form.about, wanted, on, form.codes)
    doubted = {subject for subject, _ in unsure}
    whole = frozenset(one for one, n in fields.items() if n == len(form.fields) and one not in doubted)
    return Progress(count, whole, Share(sum(fields.values()) - len(unsure), count * len(form.fields)))


def page_of(
    task: CollectionTask, path: str, on: dt.date, *, after: str, most: int, skip: Collection[str] = ()
) -> tuple[list[Row], str]:
    """`most` subjects behind a key, and the key behind which the next ones come; "" after the last."""
    rows = list(islice(rows_of(task, path, on, after=after, skip=skip), most + 1))
    return rows[:most], rows[most - 1].key if len(rows) > most else ""


def results_of(form: Form, actor: Actor, on: dt.date) -> Iterator[Row]:
    """Every subject of a form within the actor's places with what stands about it, each once."""
    paths = dict.fromkeys(actor.paths_for("registers.read") + actor.paths_for("registers.approve"))
    meeting = [path for path in paths if path.startswith(form.path) or form.path.startswith(path)]
    widest = [path for path in meeting if not any(path != other and path.startswith(other) for other in meeting)]
    task = CollectionTask(form=form, place=form.place, path=form.path)
    if any(form.path.startswith(path) for path in widest):
        widest = [form.path]
    for path in widest:
        yield from rows_of(task, path, on)

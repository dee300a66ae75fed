"""Forms and the tasks that send them out: who sees which, what others ask already, how far a task is, what it cost."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Case, Count, Q, QuerySet, Value, When

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import decode_cursor
from gongzhi.common.text import N_
from gongzhi.engines.intervals import wilson
from gongzhi.packs.field_contents import FieldDef
from gongzhi.people.rules import Purpose
from gongzhi.places.rules import upwards
from gongzhi.registers.models import CollectionTask, Fact, Form, Recheck
from gongzhi.registers.queries.dictionary import Dictionary, whole_dictionary
from gongzhi.registers.queries.facts import facts_under, subjects_under
from gongzhi.registers.rules import asking
from gongzhi.registers.rules.asking import Asked, Draft, Other, Twice
from gongzhi.registers.rules.facts import Burden

READING = ("registers.ask", "registers.approve", "registers.fill", "registers.read")
NO_UNIT = ""
# In one language whoever reads: the words that were agreed to have one digest.
_TOLD = N_("{notice}做什么用：{purpose}。依据：{basis}。交给：{receiver}。留 {retention_days} 天。")


def _reach(actor: Actor, *permissions: str) -> Q:
    """Rows at or below a place of the actor's, and those of a place that the actor's place lies in."""
    found = Q(pk__in=[])
    for permission in permissions:
        for path in actor.paths_for(permission):
            found |= Q(path__startswith=path) | Q(path__in=upwards(path))
    return found


def forms_visible_to(actor: Actor) -> QuerySet[Form]:
    """Forms of the actor's places; drafts only for who asks and who approves."""
    forms = Form.objects.filter(_reach(actor, *READING)).select_related("place", "unit", "scene")
    if not any(allows(actor, permission) for permission in ("registers.ask", "registers.approve")):
        forms = forms.filter(status__in=["open", "closed"])
    return forms.order_by("-id")


def behind_form(rows: QuerySet[Form], cursor: str) -> QuerySet[Form]:
    """The forms behind a cursor of `forms_visible_to`. Raises Refused `bad_cursor`."""
    last = decode_cursor(cursor, 1)[0] if cursor else None
    if cursor and (not isinstance(last, int) or not 0 < last < 2**63):
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return rows.filter(pk__lt=last) if cursor else rows


def get_form_for(actor: Actor, code: str, *, lock: bool = False) -> Form:
    """Raises NotFound `form_not_found`."""
    forms = forms_visible_to(actor).filter(code=code)
    form = (forms.select_for_update(of=("self",)) if lock else forms).first()
    if form is None:
        raise NotFound("form_not_found", N_("没有这张表，或者不归您管。"))
    return form


def draft_of(form: Form) -> Draft:
    """The form as the rules see it."""
    same = ("title", "about", "purpose_code", "purpose", "basis_kind", "basis", "for_government", "authority")
    more = ("retention_days", "receiver", "notice", "opens_on", "closes_on")
    fields = tuple(Asked(one["code"], one.get("why", "")) for one in form.fields)
    live = form.scene is not None and form.scene.ended_at is None
    return Draft(fields=fields, scene=live, **{name: getattr(form, name) for name in (*same, *more)})


def others_asking(form: Form, on: dt.date) -> list[Other]:
    """Other forms of the same kind of subject that ask now, where their places and this form's meet."""
    rows = Form.objects.filter(status="open", closes_on__gte=on, about=form.about).exclude(pk=form.pk)
    near = [row for row in rows.select_related("unit") if _meet(row.path, form.path)]
    return [Other(row.code, row.title, row.unit.name if row.unit else "", frozenset(row.codes)) for row in near]


def _meet(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a form would ask again: fields that other forms ask, and answers that the store holds already."""

    twice: list[Twice]
    fields_saved: int
    subjects: int
    answers_held: int
    answers_asked: int


def overlap_of(form: Form, on: dt.date) -> Overlap:
    """Before approval: what others ask already, and how many of all answers need nobody to be asked."""
    known = whole_dictionary(on, form.scene)
    twice = asking.asked_twice(form.codes, others_asking(form, on), known.fields, percent=known.pack.similar_percent)
    answers = facts_under(form.about, form.path, form.codes).filter(keep_until__gte=on)
    held_answers = answers.values("subject", "field").distinct().count()
    subjects = subjects_under(form.about, form.path).count()
    fields = len({one.field for one in twice})
    return Overlap(twice, fields, subjects, held_answers, subjects * len(form.fields))


def tasks_visible_to(actor: Actor) -> QuerySet[CollectionTask]:
    """Tasks of the actor's places: those that run first, by their day; keyset (over, deadline, id)."""
    rows = CollectionTask.objects.filter(_reach(actor, *READING))
    rows = rows.select_related("form__place", "form__unit", "form__scene", "place")
    over = Case(When(closed_at__isnull=True, then=Value(0)), default=Value(1))
    return rows.annotate(over=over).order_by("over", "deadline", "id")


def behind_task(rows: QuerySet[CollectionTask], cursor: str) -> QuerySet[CollectionTask]:
    """The tasks behind a cursor of `tasks_visible_to`. Raises Refused `bad_cursor`."""
    if not cursor:
        return rows
    try:
        over, day, last = decode_cursor(cursor, 3)
        deadline, over, last = dt.date.fromisoformat(day), min(int(over), 2), min(int(last), 2**63 - 1)
    except (TypeError, ValueError):
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None
    later = Q(deadline__gt=deadline) | Q(deadline=deadline, id__gt=last)
    return rows.filter(Q(over__gt=over) | Q(over=over) & later)


def get_task_for(actor: Actor, task_id: int, *, lock: bool = False) -> CollectionTask:
    """Raises NotFound `task_not_found`."""
    rows = tasks_visible_to(actor).filter(pk=task_id)
    task = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if task is None:
        raise NotFound("task_not_found", N_("没有这项采集任务，或者不归您管。"))
    return task


@dataclass(frozen=True, slots=True)
class Share:
    """A rate with its numerator, denominator and, of a sample, its 95 % interval in percent."""

    part: int
    whole: int
    low: int | None = None
    high: int | None = None

    @property
    def percent(self) -> int | None:
        return round(self.part * 100 / self.whole) if self.whole else None


def accuracy(task: CollectionTask) -> Share:
    """Of the answers asked again, how many were the same, with the Wilson interval."""
    checks = Recheck.objects.filter(task=task, agrees__isnull=False)
    right, whole = checks.filter(agrees=True).count(), checks.count()
    bounds = wilson(right, whole)
    if bounds is None:
        return Share(0, 0)
    return Share(right, whole, round(bounds[0] * 100), round(bounds[1] * 100))


class Cost(NamedTuple):
    """What a form or a task asked and what it did not have to ask."""

    asked: int
    confirmed: int
    corrected: int

    @property
    def prefilled(self) -> int:
        """Answers that came from the store: confirmed or corrected by whoever looked at them."""
        return self.confirmed + self.corrected


def cost_of(facts: QuerySet[Fact]) -> Cost:
    counted = dict(facts.values_list("how").annotate(n=Count("id")).order_by())
    return Cost(counted.get("asked", 0), counted.get("confirmed", 0), counted.get("corrected", 0))


def burden_by_unit(actor: Actor) -> list[Burden]:
    """Per unit that asks: forms, fields asked of people, and fields that the store answered; most asked first."""
    forms = {form.pk: form for form in forms_visible_to(actor).filter(status__in=["open", "closed"])}
    counted = Fact.objects.filter(form__in=forms).values_list("form", "how").annotate(n=Count("id")).order_by()
    asked: dict[str, int] = defaultdict(int)
    avoided: dict[str, int] = defaultdict(int)
    names: dict[str, int] = defaultdict(int)
    for form in forms.values():
        names[form.unit.name if form.unit else NO_UNIT] += 1
    for pk, how, n in counted:
        form = forms[pk]
        unit = form.unit.name if form.unit else NO_UNIT
        (avoided if how == "confirmed" else asked)[unit] += n
    rows = [Burden(unit, names[unit], asked[unit], avoided[unit]) for unit in names]
    return sorted(rows, key=lambda row: (-row.asked, row.unit))


def prefilled_answers(forms: QuerySet[Form]) -> int:
    """Answers to these forms that nobody had to be asked for."""
    return Fact.objects.filter(form__in=forms.order_by().values("pk"), how__in=["confirmed", "corrected"]).count()


def fields_of(form: Form, known: Dictionary) -> list[tuple[FieldDef, str]]:
    """(field, why) in the order in which the form asks."""
    return [(known.fields[one["code"]], one["why"]) for one in form.fields if one["code"] in known.fields]


def open_tasks_at(actor: Actor, about: str, path: str, on: dt.date) -> list[CollectionTask]:
    """Tasks that ask now about a subject at this path, for whoever may fill them in."""
    rows = tasks_visible_to(actor).filter(closed_at__isnull=True, form__status="open", form__about=about)
    now = rows.filter(form__opens_on__lte=on, form__closes_on__gte=on)
    return [task for task in now if path.startswith(task.path) and allows(actor, "registers.fill", path=path)]


def consent_of(code: str) -> Purpose | None:
    """What is agreed to when a form about oneself rests on consent ("form:F260318-…"): its notice, word for word."""
    kind, _, number = code.partition(":")
    form = Form.objects.filter(code=number, about="person", basis_kind="consent").first() if kind == "form" else None
    if form is None:
        return None
    told = {name: getattr(form, name) for name in ("notice", "purpose", "basis", "receiver", "retention_days")}
    return Purpose("1", form.title, _TOLD.format(**told), "facts")

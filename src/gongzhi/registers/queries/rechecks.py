"""What a re-check is drawn from, and by which seed."""

from django.db.models import QuerySet

from gongzhi.audit.models import Entry, Seal
from gongzhi.common.access import Actor
from gongzhi.registers.models import CollectionTask, Fact, Recheck


def population_of(task: CollectionTask) -> list[str]:
    """Names of the answers that can be asked again: of a task, about places and bodies, in order."""
    rows = Fact.objects.filter(task=task, person__isnull=True).order_by("pk").values_list("pk", flat=True)
    return [f"fact:{pk}" for pk in rows]


def seed_of(task: CollectionTask) -> str | None:
    """From the first sealed entry after the task ended: fixed once and for all, nobody's choice."""
    entry = Entry.objects.filter(at__gte=task.closed_at).order_by("id").values_list("pk", flat=True).first()
    seal = Seal.objects.filter(entry_id=entry).first() if entry else None
    return f"task:{task.pk}:{bytes(seal.hash).hex()}" if seal else None


def rechecks_of(actor: Actor, task: CollectionTask) -> QuerySet[Recheck]:
    """The drawn answers, those not asked again yet first."""
    return Recheck.objects.filter(task=task).select_related("fact").order_by("checked_at", "fact__subject", "pk")

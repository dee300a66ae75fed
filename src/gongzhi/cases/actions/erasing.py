"""A person's rights over what they reported: a copy of all of it, and its erasure."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet

from gongzhi.audit.actions import record
from gongzhi.cases import rules, words
from gongzhi.cases.models import Case, CaseEvent, Reporter, WorkOrder
from gongzhi.common.access import system_actor
from gongzhi.documents.actions import erase_media
from gongzhi.people.actions.accounts import destroy_key


def export_cases(person_id: uuid.UUID) -> dict[str, Any]:
    """Every case the person raised or helped to raise, with its words.

    Not the confidential notes: they speak of the other side too (人民调解法 15(4)); who keeps them answers for them.
    """
    own = Q(reporters__person_id=person_id) | Q(reporters__helper_id=person_id)
    cases = Case.objects.filter(own).distinct().select_related("key", "unit").order_by("id")
    return {
        "cases": [
            {
                "number": case.number,
                "status": case.status,
                "received_at": case.received_at,
                "unit": case.unit.name if case.unit else None,
                **words.open_words(case.key, case.words),
                "result": words.open_part(case.key, "result", case.result),
            }
            for case in cases
        ]
    }


def erase_cases(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Unlink the person; the words of finished cases that nobody else raised are destroyed with their key.

    A case still open keeps its words until it is finished, so that the lamp still gets repaired (个人信息保护法 47:
    the purpose has not ended); `erase_if_orphaned` destroys them then.
    """
    for reporter in Reporter.objects.filter(person_id=person_id).select_related("case__main"):
        alone = not Reporter.objects.filter(case=reporter.case).exclude(pk=reporter.pk).exists()
        reporter.person, reporter.contact, reporter.phone_index, reporter.erased = None, None, None, True
        reporter.save()
        if alone and (reporter.case.main or reporter.case).status in rules.FINISHED:
            _destroy_words(reporter.case, at)
    Reporter.objects.filter(helper_id=person_id).update(helper=None)
    WorkOrder.objects.filter(handler_id=person_id).update(handler=None)


def _destroy_words(case: Case, at: dt.datetime) -> None:
    erase_media(by=system_actor("erase"), at=at, key=case.key)
    destroy_key(case.key_id, at)
    Case.objects.filter(pk=case.pk).update(grams=None)
    for key_id in CaseEvent.objects.filter(case=case, key__isnull=False).values_list("key_id", flat=True):
        destroy_key(key_id, at)  # confidential notes go with the case
    record(by=system_actor("erase"), at=at, action="cases.erase_words", subject=case.reference)


def erase_if_orphaned(case: Case, at: dt.datetime) -> None:
    """On finishing: words whose only reporters erased their accounts are destroyed now, of merged cases too."""
    kept = Reporter.objects.filter(erased=False)
    left = Case.objects.filter(Q(pk=case.pk) | Q(main=case), reporters__erased=True, key__destroyed_at__isnull=True)
    for one in left.exclude(pk__in=kept.values("case_id")).select_related("key").distinct():
        _destroy_words(one, at)
        if one.pk == case.pk:
            case.grams = None  # whoever saves the case afterwards does not bring them back


def _contacts_over(before: dt.datetime) -> QuerySet[Reporter]:
    rows = Reporter.objects.filter(case__status__in=rules.FINISHED, case__closed_at__lt=before)
    return rows.filter(contact__isnull=False)


def contacts_over(before: dt.datetime) -> int:
    return _contacts_over(before).count()


def forget_contacts(before: dt.datetime, most: int) -> int:
    """The contact goes from what ended long ago, the matter stays (个人信息保护法 19); called by privacy."""
    chosen = list(_contacts_over(before).order_by("pk").values_list("pk", flat=True)[:most])
    Reporter.objects.filter(pk__in=chosen).update(contact=None, phone_index=None)
    return len(chosen)

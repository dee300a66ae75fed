"""Writing the blind index of cases that came before it: batch by batch, cut off it goes on where it stopped."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from gongzhi.audit.actions import record
from gongzhi.cases import words
from gongzhi.cases.grams import grams_of
from gongzhi.cases.models import Case
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor, require
from gongzhi.common.progress import Progress, Silent
from gongzhi.common.text import N_

_BATCH = 500


def without_index() -> QuerySet[Case]:
    """Cases whose words could be found and are not yet: neither erased nor confidential."""
    return Case.objects.filter(grams__isnull=True, key__destroyed_at__isnull=True).exclude(privacy__in=PRIVATE)


def index_words(*, by: Actor, at: dt.datetime, progress: Progress | None = None, most: int | None = None) -> int:
    """Index what is not indexed yet, `most` at most; returns how many."""
    require(by, "instance.manage")
    progress, done, last = progress or Silent(), 0, 0
    progress.start(N_("编检索索引"), without_index().count())
    while most is None or done < most:
        size = _BATCH if most is None else min(_BATCH, most - done)
        last, written = _index_batch(last, size)
        if not written:
            break
        done += written
        progress.advance(written)
    progress.finish()
    if done:
        record(by=by, at=at, action="cases.index_words", subject="cases:all", changes={"count": done})
    return done


@transaction.atomic
def _index_batch(after: int, size: int) -> tuple[int, int]:
    """The last id looked at and how many were written."""
    rows = without_index().filter(pk__gt=after).order_by("pk").select_related("key")
    cases = list(rows.select_for_update(of=("self",), skip_locked=True)[:size])
    for case in cases:
        opened = words.open_words(case.key, case.words)
        # Words that this machine has no key for: the empty list says that they were tried.
        case.grams = [] if opened.get("erased") else grams_of(opened["text"], opened.get("detail", ""), case.privacy)
    Case.objects.bulk_update(cases, ["grams"])
    return (cases[-1].pk, len(cases)) if cases else (after, 0)

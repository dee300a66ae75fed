"""What bodies gave to the projects of a place, and who took part in them: for partnerships.registry."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.clock import ends, local_date, starts
from gongzhi.common.text import N_
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.partnerships.registry import Contribution, TakingPart, contributing, taking_part
from gongzhi.projects import rules
from gongzhi.projects.models import Acceptance, Bid, Funded, FundingLine, WorksLine


@taking_part("projects")
def took_part(path: str, since: dt.date, until: dt.date) -> TakingPart:
    """Bodies whose money or things came in, that mend or that were chosen to deliver; residents at the acceptance."""
    here = {"project__path__startswith": path}
    first, end = starts(since), ends(until)
    counted = Counter[int]()
    gave = FundingLine.objects.filter(**here, body__isnull=False, state=Funded.PAID, dropped_at=None)
    counted.update(gave.filter(added_at__gte=first, added_at__lt=end).values_list("body", flat=True))
    chosen = Bid.objects.filter(**here, chosen_at__gte=first, chosen_at__lt=end)
    counted.update(chosen.values_list("body", flat=True))
    mended = WorksLine.objects.filter(**here, accepted_on__gte=since, accepted_on__lte=until)
    counted.update(body for body, _project in set(mended.values_list("contractor", "project")) if body is not None)
    said = Acceptance.objects.filter(**here, at__gte=first, at__lt=end, person__isnull=False)
    return TakingPart(N_("项目"), counted, set(said.values_list("person", flat=True)))


@contributing("projects")
def given(path: str, organizations: Collection[int]) -> Iterator[Contribution]:
    """What has come in, of projects that everybody may follow; promises count when they are kept. One statement."""
    rows = FundingLine.objects.filter(
        body__in=organizations,
        state=Funded.PAID,
        dropped_at=None,
        project__path__startswith=path,
        project__state__in=rules.OPEN_TO_ALL,
    ).select_related("project")
    for row in rows.order_by("added_at", "pk"):
        what = row.thing or _("{amount} 元").format(amount=amount_text(row.paid, Unit.FEN))
        words = _("{project}：{what}").format(project=row.project.title, what=what)
        assert row.body_id is not None  # noqa: S101 - chosen by it
        yield Contribution(row.body_id, words, local_date(row.added_at), reverse("work", args=[row.project.number]))

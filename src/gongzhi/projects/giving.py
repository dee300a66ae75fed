"""What bodies gave to the projects of a place: for the page of partners (partnerships.registry)."""

from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.clock import local_date
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.partnerships.registry import Contribution, contributing
from gongzhi.projects import rules
from gongzhi.projects.models import Funded, FundingLine


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

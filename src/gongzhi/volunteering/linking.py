"""From pages of sharing to voluntary service, and what sharing asks: how many hours somebody has served."""

import uuid

from django.db.models import Sum
from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_
from gongzhi.exchange.registry import counting_hours
from gongzhi.volunteering.models import ServiceRecord


def activities(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("志愿活动"), reverse("volunteering"), "users-group")


def own_record(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("我的志愿服务"), reverse("my-volunteering"), "users-group")


@counting_hours
def hours_served(person_id: uuid.UUID) -> int:
    """Whole hours that were confirmed by codes; what was entered afterwards counts for no courtesy."""
    rows = ServiceRecord.objects.filter(person=person_id, how="codes", reversed_at__isnull=True)
    return int(rows.aggregate(sum=Sum("minutes"))["sum"] or 0) // 60


def register() -> None:
    register_page_link("help", activities)
    register_page_link("share-mine", own_record)

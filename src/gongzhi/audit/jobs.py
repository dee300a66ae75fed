"""Run by the worker and the command line: seal new entries, check the chain, note its head, let go what is over."""

import datetime as dt

from gongzhi.audit import actions, queries
from gongzhi.audit.models import Access, RequestKey
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.append_only import maintenance


def seal_new() -> int:
    """Seal what is new; returns how many entries."""
    sealed = actions.seal_entries(by=system_actor("sealer"), at=clock.now())
    if sealed:
        queries.note_head()
    return sealed


def verify_trail() -> queries.Verification:
    """What `gongzhi audit verify` prints."""
    return actions.verify_trail(by=system_actor("verify"), at=clock.now())


def readings_over(before: dt.datetime) -> int:
    return Access.objects.filter(at__lt=before).count()


def forget_readings(before: dt.datetime, most: int) -> int:
    """Readings whose time is over (个人信息保护法 19); called by privacy, which checks who asks and writes it down."""
    chosen = list(Access.objects.filter(at__lt=before).order_by("pk").values_list("pk", flat=True)[:most])
    with maintenance("retention"):
        Access.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def request_keys_over(before: dt.datetime) -> int:
    return RequestKey.objects.filter(created_at__lt=before).count()


def forget_request_keys(before: dt.datetime, most: int) -> int:
    """Keys of requests that nobody will send again."""
    chosen = list(RequestKey.objects.filter(created_at__lt=before).order_by("pk").values_list("pk", flat=True)[:most])
    RequestKey.objects.filter(pk__in=chosen).delete()
    return len(chosen)

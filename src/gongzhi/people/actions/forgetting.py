"""What is over its time (个人信息保护法 19): called by privacy, which checks who asks and writes it down."""

import datetime as dt

from gongzhi.common.append_only import maintenance
from gongzhi.people.models import ConsentRecord, SignInCode


def codes_over(before: dt.datetime) -> int:
    return SignInCode.objects.filter(created_at__lt=before).count()


def forget_codes(before: dt.datetime, most: int) -> int:
    """One-time codes that nobody can use any more."""
    chosen = list(SignInCode.objects.filter(created_at__lt=before).order_by("pk").values_list("pk", flat=True)[:most])
    SignInCode.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def consents_over(before: dt.datetime) -> int:
    return ConsentRecord.objects.filter(withdrawn_at__lt=before).count()


def forget_consents(before: dt.datetime, most: int) -> int:
    """Consents that were withdrawn long ago; one that holds stays as long as it holds."""
    over = ConsentRecord.objects.filter(withdrawn_at__lt=before)
    chosen = list(over.order_by("pk").values_list("pk", flat=True)[:most])
    with maintenance("retention"):
        ConsentRecord.objects.filter(pk__in=chosen).delete()
    return len(chosen)

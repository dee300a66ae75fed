"""One step of a ladder: told once, by the outbox; whom it reaches is found when it is delivered."""

import datetime as dt
import uuid

from django.db import transaction

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.duties import rules
from gongzhi.duties.models import Duty
from gongzhi.duties.schedules import rule_of
from gongzhi.notifications.actions import emit


@transaction.atomic
def sound_alarm(*, by: Actor, at: dt.datetime, duty_id: uuid.UUID) -> bool:
    """Tell of the step that has come, if it is still open and nobody told; the steps behind it are not told again."""
    duty = Duty.objects.select_for_update(skip_locked=True).filter(pk=duty_id).first()
    if duty is None or not duty.is_open or duty.next_alarm_on is None:
        return False
    ladder = rule_of(duty.pack, duty.rule).rule.alarms
    alarm, behind = rules.ladder(ladder, duty.due_on, duty.step, local_date(at))
    duty.step, duty.next_alarm_on = behind, rules.next_alarm(ladder, duty.due_on, behind)
    duty.save(update_fields=["step", "next_alarm_on"])
    if alarm is None:
        return False
    emit("duty.alarm", {"duty": str(duty.pk), "step": behind, "to": list(alarm.to)}, at=at)
    return True

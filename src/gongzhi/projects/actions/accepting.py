"""居民验收: a verified resident of the place says whether the result is right, once, before the office does."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, SignInRequired
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.projects import queries, rules, words
from gongzhi.projects.models import Acceptance


@transaction.atomic
def say_accepted(*, by: Actor, at: dt.datetime, number: str, satisfied: bool, reason: str = "") -> Acceptance:
    """One voice a person and round; changed while the acceptance runs. Not satisfied needs a reason, kept sealed.

    Raises SignInRequired, Forbidden `not_of_this_place`, Conflict `not_yet_to_accept`, Refused `reason_missing`.
    """
    check_activity("projects")
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    row = queries.get_work_for(by, number, lock=True)
    if not queries.lives_there(by, row, local_date(at)):
        message = N_("验收由住在这里、认定过的业主和住户来说。请到“我的住处”（/my/home/）登记，审过以后再来。")
        raise Forbidden("not_of_this_place", message)
    if row.state != "acceptance":
        raise Conflict("not_yet_to_accept", N_("还没到居民验收的时候，或者已经验完了。"))
    said = rules.check_reason(tidy(reason)) if not satisfied else tidy(reason)[: rules.LONGEST_REASON]
    voice = Acceptance.objects.filter(project=row, round=row.round, person=by.person_id).first()
    voice = voice or Acceptance(project=row, round=row.round, person_id=by.person_id)
    voice.satisfied, voice.at = satisfied, at
    voice.words = words.seal_reason(row, said)
    voice.save()
    # Which way somebody spoke is not written into the trail: nobody is asked about it by name.
    record(by=by, at=at, action="projects.say_accepted", subject=row.reference, changes={"round": row.round})
    return voice

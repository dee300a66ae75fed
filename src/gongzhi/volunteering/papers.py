"""The certificate as a paper: the five parts of 志愿服务条例 19, as the records say."""

from typing import Any

from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.people import vault
from gongzhi.people.queries import person_of
from gongzhi.volunteering import queries
from gongzhi.volunteering.models import Certificate


def certificate_values(row: Certificate, actor: Actor, address: str) -> dict[str, Any]:
    """What the template `certificate` is filled with."""
    own = queries.own_record(actor, local_date(row.issued_at))
    inside = [
        one
        for one in own.records
        if one.host_id == row.host_id and row.first_on <= local_date(one.starts_at) <= row.last_on
    ]
    entered = sum(one.minutes for one in inside if one.how == "staff")
    trained = len([one for one in inside if one in own.trainings])
    name = vault.own_values(person_of(actor)).get("name", "")
    words = queries.hours_words(row.minutes)
    awards = "；".join(one.title for one in own.awards)
    text = [
        _("个人基本信息：{name}").format(name=name),
        _("志愿服务情况：{first}至{last}，{n} 次，共 {words}").format(
            first=f"{row.first_on:%Y-%m-%d}", last=f"{row.last_on:%Y-%m-%d}", n=len(inside), words=words
        ),
        _("培训情况：{n} 次").format(n=trained) if trained else _("培训情况：没有记录"),
        _("表彰奖励情况：{words}").format(words=awards) if awards else _("表彰奖励情况：没有记录"),
        _("评价情况：受助的人写过 {n} 次感谢").format(n=len(own.thanks)) if own.thanks else _("评价情况：没有记录"),
        _("核验：{address}").format(address=f"{address}/{row.code}"),
    ]
    basis = _("本单位的志愿服务记录，由签到、签退和旁人确认得来")
    if entered:
        basis += _("；其中补录 {words}，经另一人审过").format(words=queries.hours_words(entered))
    on = local_date(row.issued_at)
    return {"number": row.code, "text": text, "basis": basis, "body": row.host.name, "on": on}

"""调解协议书 as a paper: from the sealed fields to a .docx that the parties sign."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from gongzhi.cases.models import Case
from gongzhi.documents.papers import Part, make_paper


def agreement_paper(case: Case, fields: Mapping[str, str], facts: Mapping[str, str]) -> bytes:
    """The written agreement (人民调解法 29), or the record of an oral one (28, 30)."""
    oral = facts.get("form") == "oral"
    title = _("口头调解协议记录") if oral else _("人民调解协议书")
    agreed_on = dt.date.fromisoformat(facts["agreed_at"])
    parts = [
        Part(_("一、当事人的基本情况"), [fields.get("parties", "")]),
        Part(_("二、纠纷的主要事实、争议事项和各方责任"), [fields.get("facts", "")]),
        Part(_("三、协议内容，履行的方式和期限"), [fields.get("content", "")]),
        Part("", [_effect(oral), *_court(facts)]),
        Part("", [] if oral else [_("当事人（签名、盖章或按指印）："), "", _("当事人（签名、盖章或按指印）："), ""]),
        Part("", [_("人民调解员（签名）：{names}").format(names=fields.get("mediators", ""))]),
    ]
    unit = case.unit.name if case.unit else ""
    day = _("{year}年{month}月{day}日").format(year=agreed_on.year, month=agreed_on.month, day=agreed_on.day)
    closing = [unit, *([] if oral else [_("（印章）")]), day]
    return make_paper(title, parts, number=_("编号：{number}").format(number=case.number), closing=closing)


def _effect(oral: bool) -> str:
    if oral:
        return _("口头协议自各方达成协议之日起生效（人民调解法第30条）。调解不收任何费用。")
    return _(
        "本协议自各方签名、盖章或按指印，人民调解员签名并加盖人民调解委员会印章之日起生效（人民调解法第29条）。"
        "各方和人民调解委员会各留一份。调解不收任何费用。"
    )


def _court(facts: Mapping[str, str]) -> list[str]:
    if not facts.get("court_until"):
        return []
    last = dt.date.fromisoformat(facts["court_until"])
    words = _("双方认为有必要的，可以在{year}年{month}月{day}日前共同向人民法院申请司法确认（人民调解法第33条）。")
    return [words.format(year=last.year, month=last.month, day=last.day)]

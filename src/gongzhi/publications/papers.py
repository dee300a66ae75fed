"""Items as papers: the notice or the disclosure sheet for the board, and the notice that goes to the body concerned."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.common.clock import CHINA, local_date
from gongzhi.documents import templating
from gongzhi.documents.papers import Paper, Part
from gongzhi.packs.model_publications import PublicationKind
from gongzhi.publications.models import Publication
from gongzhi.publications.rules.records import Words


def _day(moment: dt.datetime) -> str:
    local = moment.astimezone(CHINA)
    return _("{year}年{month}月{day}日").format(year=local.year, month=local.month, day=local.day)


def board_paper(text: dict[str, Any], kind: PublicationKind, address: str) -> Paper:
    """The text that stands as its kind's paper: who answers for it, until when it is public, where to check it.

    Raises NotFound `no_pack_in_force` where the template is not installed.
    """
    on = local_date(dt.datetime.fromisoformat(text["released_at"]))
    until = dt.date.fromisoformat(text["expires_on"])
    values = {
        "title": text["title"],
        "number": f"{kind.name} {text['number']}",
        "text": _lines(text),
        "basis": str(text["basis"]).rstrip("。"),
        "until": until,
        "body": text.get("issued_by") or text["scope"]["name"],
        "on": on,
    }
    if kind.paper == "disclosure":
        values |= {"lines": [[label, value, ""] for label, value in text["facts"]], "how": address}
    else:
        facts = [f"{label}：{value}" for label, value in text["facts"]]
        values |= {"to": _("{place}各位居民：").format(place=text["scope"]["name"]), "facts": facts, "check": address}
    return templating.fill(templating.template(kind.paper, on), values)


def _lines(text: dict[str, Any]) -> list[str]:
    """When it happens, then the text itself."""
    times = [dt.datetime.fromisoformat(text[name]).astimezone(CHINA) for name in ("begins_at", "ends_at") if text[name]]
    said = "—".join(f"{_day(one)} {one:%H:%M}" for one in times)
    return [*([_("时间：{when}").format(when=said)] if said else []), *str(text["body"]).split("\n")]


def party_notice(publication: Publication, text: Words, *, kind: str, address: str, code: str) -> Paper:
    """告知书: what is to be published, until when the body concerned may speak, and with which word."""
    until = publication.statement_until
    local = until.astimezone(CHINA) if until else None
    last = _("{day} {time} 前").format(day=_day(until), time=f"{local:%H:%M}") if until and local else ""
    party = publication.party.name if publication.party else ""
    asked = _("你们可以在{last}写下自己的说法。登的时候一字不改，只遮住号码、门牌和人名。").format(last=last)
    parts = [
        Part("", [_("{party}：").format(party=party)]),
        Part("", [_("我们准备公开下面这件事（{kind}），请先看事实对不对。").format(kind=kind)]),
        Part(_("准备公开的内容"), [text.title, *text.body.split("\n")]),
        Part(_("怎么陈述"), [asked, _("网址：{address}　回应码：{code}").format(address=address, code=code)]),
        Part("", [_("说的不是事实，请一并写明，我们会核实（民法典第一千零二十六条）。")]),
    ]
    noticed = publication.noticed_at
    closing = [publication.place.name, _("（印章）"), _day(noticed) if noticed else ""]
    number = _("编号：{number}").format(number=publication.number)
    return Paper(_("告知书"), parts, number, closing)

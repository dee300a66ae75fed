"""Opening a fund, writing an entry in plain words, reasons."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.form_fields import day_field
from gongzhi.common.refusals import said
from gongzhi.duties.forms import FilesField, FilesInput
from gongzhi.ledger import rules
from gongzhi.ledger.actions.entering import Written, accounts_by_line, situations_at
from gongzhi.ledger.models import Fund
from gongzhi.ledger.queries import kind_of
from gongzhi.packs.fund_contents import FundPack, Movement
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force


def _amount(form: forms.Form, name: str, unit: str) -> int | None:
    given = str(form.cleaned_data.get(name) or "").strip()
    if not given:
        return None
    try:
        return rules.parse_amount(given, unit)
    except Refused as refused:
        raise forms.ValidationError(said(refused)) from refused


class OpenForm(forms.Form):
    """Who holds the fund, as what, since when; its place is the body's."""

    name = forms.CharField(label=gettext_lazy("账本叫什么"), max_length=60)
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("谁管这笔钱"), empty_label=gettext_lazy("请选")
    )
    host = forms.ChoiceField(label=gettext_lazy("以什么身份管"))
    proof = forms.CharField(
        label=gettext_lazy("凭什么"), max_length=120, help_text=gettext_lazy("写证书、批文、备案或者决定的编号。")
    )
    opened_on = day_field(gettext_lazy("从哪天开始记"))
    second_above = forms.CharField(label=gettext_lazy("多少以内一个人就能定"), required=False, max_length=24)
    first_total = forms.CharField(label="", required=False, max_length=24)

    def __init__(self, *args: Any, actor: Actor, pack: FundPack, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.pack = pack
        paths = actor.paths_for(rules.OPEN)
        bodies = Organization.objects.filter(in_force(today), place__isnull=False).select_related("place")
        near = [one.pk for one in bodies if one.place and one.place.path.startswith(paths)]
        choice = self.fields["organization"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - as declared above
        choice.queryset = bodies.filter(pk__in=near).order_by("name")
        host = self.fields["host"]
        assert isinstance(host, forms.ChoiceField)  # noqa: S101 - as declared above
        host.choices = [("", _("请选")), *((one.code, one.name) for one in pack.hosts)]
        most = rules.amount_text(pack.second_above, pack.unit)
        self.fields["second_above"].help_text = _("不填就是 {most}；可以更少，不能更多。").format(most=most)
        if pack.alarm is None:
            del self.fields["first_total"]
        else:
            self.fields["first_total"].label = pack.alarm.of
            self.fields["first_total"].required = True
            self.fields["first_total"].help_text = pack.alarm.what

    def clean_second_above(self) -> int | None:
        if str(self.cleaned_data.get("second_above") or "").strip() in ("0", "0.00"):
            return 0
        return _amount(self, "second_above", self.pack.unit)

    def clean_first_total(self) -> int | None:
        return _amount(self, "first_total", self.pack.unit)


class WriteForm(forms.Form):
    """One movement of a fund, in the words of whoever pays: from where, for what, how much, when, to whom."""

    credit = forms.ChoiceField(label=gettext_lazy("钱从哪里来"))
    debit = forms.ChoiceField(label=gettext_lazy("到哪里去"))
    amount = forms.CharField(
        label=gettext_lazy("多少"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    on = day_field(gettext_lazy("哪天收付的"))
    narration = forms.CharField(
        label=gettext_lazy("做了什么"),
        max_length=rules.LONGEST_NARRATION,
        help_text=gettext_lazy("会公开。写做了什么，不写人名、门牌和号码。"),
    )
    party = forms.CharField(
        label=gettext_lazy("收款或付款的是谁"),
        max_length=rules.LONGEST_PARTY,
        help_text=gettext_lazy("加密存，公开时不显示。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    about = forms.CharField(label=gettext_lazy("用在哪件事上"), required=False, max_length=60)
    decision = forms.CharField(label=gettext_lazy("凭哪个决定"), required=False, max_length=60)
    situation = forms.CharField(label=gettext_lazy("是哪一种紧急情况"), required=False, max_length=120)
    own = forms.CharField(label=gettext_lazy("自筹了多少"), required=False, max_length=24)
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("传了哪几样单据"), required=False, widget=forms.CheckboxSelectMultiple
    )
    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("单据"),
        help_text=gettext_lazy("照片、PDF、Word、Excel 都行。原件加密存；公开前先遮住人名和号码。"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, fund: Fund, movement: Movement, today: dt.date, **more: Any) -> None:
        more["initial"] = {"on": today, "request": uuid.uuid4(), **more.get("initial", {})}
        super().__init__(*args, **more)
        self.fund, self.movement = fund, movement
        accounts = accounts_by_line(fund)
        kind = kind_of(fund)
        for side, codes in (("credit", movement.credit), ("debit", movement.debit)):
            self._choose(side, [(code, accounts[code].name) for code in kind.free(codes)])
        self._choose("papers", [(name, name) for name in movement.vouchers])
        units = {"fen": _("元，最多两位小数。"), "points": _("分，整数。"), "minutes": _("分钟，整数。")}
        self.fields["amount"].help_text = units[fund.unit]
        self._keep(today)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = choices if len(choices) == 1 or name == "papers" else [("", _("请选")), *choices]

    def _keep(self, today: dt.date) -> None:
        """Only what this movement asks; what it needs is required."""
        rule = self.movement
        self.fields["about"].required, self.fields["decision"].required = rule.about, rule.decision
        self.fields["files"].required = bool(rule.vouchers)
        self.fields["about"].help_text = _("写编号，比如 case:GZ-1、project:P-1。")
        self.fields["decision"].help_text = _("写编号，比如 resolution:JY-1、vote:BJ-1。")
        gone = [("party", rule.party == "none"), ("own", not rule.own_share), ("situation", not rule.emergency)]
        gone += [("papers", not rule.vouchers), ("files", not rule.vouchers), ("decision", rule.emergency)]
        for name, unasked in gone:
            if unasked:
                del self.fields[name]
        listed = situations_at(self.fund, today) if rule.emergency else ()
        if rule.emergency:
            self.fields["situation"].required = True
        if listed:
            self.fields["situation"] = forms.ChoiceField(
                label=_("是哪一种紧急情况"), choices=[("", _("请选")), *((one, one) for one in listed)]
            )

    def clean_amount(self) -> int | None:
        return _amount(self, "amount", self.fund.unit)

    def clean_own(self) -> int | None:
        return _amount(self, "own", self.fund.unit)

    def written(self) -> Written:
        given = self.cleaned_data
        return Written(
            movement=self.movement.code,
            credit=given["credit"],
            debit=given["debit"],
            amount=given["amount"],
            on=given["on"],
            narration=given["narration"],
            party=given.get("party") or "",
            about=given.get("about") or "",
            decision=given.get("decision") or "",
            own=given.get("own") or 0,
            situation=given.get("situation") or "",
            papers=tuple(given.get("papers") or ()),
            uploads=given.get("files") or (),
            request=given.get("request"),
        )


class PapersForm(forms.Form):
    """Receipts that came later."""

    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("单据"),
        help_text=gettext_lazy("照片、PDF、Word、Excel 都行。原件加密存；公开前先遮住人名和号码。"),
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )

    def clean_files(self) -> Any:
        if not self.cleaned_data["files"]:
            raise forms.ValidationError(_("请选要补的单据。"))
        return self.cleaned_data["files"]


class NoteForm(forms.Form):
    """Why not, or why it is undone."""

    note = forms.CharField(
        label=gettext_lazy("为什么"),
        max_length=rules.LONGEST_NARRATION,
        help_text=gettext_lazy("会公开。不写人名。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

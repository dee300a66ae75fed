"""Forms of offers and of what is taken: each asks for one thing."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Refused
from gongzhi.common.form_fields import day_field, set_choices, set_rows, text_field
from gongzhi.common.refusals import said
from gongzhi.duties.forms import FilesField, FilesInput
from gongzhi.exchange import queries, rules
from gongzhi.exchange.actions import Given, Wanted
from gongzhi.exchange.models import Offer
from gongzhi.exchange.queries import near
from gongzhi.exchange.rules.times import Span, read_hours, written
from gongzhi.packs.sharing_contents import Booking, OfferPack, SharingPack
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force
from gongzhi.places.models import Kind, Place

# What only some kinds ask for.
_SOMETIMES = (
    *("organization", "venue", "hours", "closed", "pieces", "stock", "per_month"),
    *("needs_hours", "bearer", "fund", "cost"),
)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
PUBLIC_HINT = gettext_lazy("大家都看得到。不写人名、门牌和号码。")


def bodies_of(actor: Actor, today: dt.date) -> Any:
    """For whom the actor may offer: bodies they work for, and those at the places they keep."""
    rows = Organization.objects.filter(in_force(today)).select_related("place")
    paths = actor.paths_for(rules.KEEP)
    keys = [one.pk for one in rows if one.place and any(one.place.path.startswith(path) for path in paths)]
    return rows.filter(pk__in=[*keys, *actor.organizations_for(rules.SERVE)]).order_by("name")


class OfferForm(forms.Form):
    """What is offered, when, to whom, for what price; fields that its kind does not use are not asked."""

    title = forms.CharField(label=gettext_lazy("叫什么"), max_length=rules.LONGEST_TITLE, help_text=PUBLIC_HINT)
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("哪个单位提供"), empty_label=gettext_lazy("请选")
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=gettext_lazy("给哪里的居民用"), empty_label=gettext_lazy("请选")
    )
    about = text_field(gettext_lazy("说明"), rules.LONGEST_ABOUT, 3, required=False, help_text=PUBLIC_HINT)
    mode = forms.ChoiceField(label=gettext_lazy("怎么提供"))
    fee = forms.ChoiceField(label=gettext_lazy("收不收费"), widget=forms.RadioSelect)
    price = forms.CharField(
        label=gettext_lazy("多少钱"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("收费的要写，比如“每次 10 元，当面付”。这里不收钱。"),
    )
    venue = forms.ModelChoiceField(
        Place.objects.none(), label=gettext_lazy("哪个场地"), required=False, empty_label=gettext_lazy("不在登记的场地")
    )
    where = forms.CharField(label=gettext_lazy("到哪里去"), max_length=rules.LONGEST_WHERE, required=False)
    ask_at = forms.CharField(
        label=gettext_lazy("单位电话"), max_length=60, required=False, help_text=gettext_lazy("座机。手机号会遮住。")
    )
    hours = text_field(
        gettext_lazy("开放时间"),
        600,
        3,
        help_text=gettext_lazy("一行一种，比如：周一至周五 09:00-12:00，14:00-17:00"),
    )
    closed = forms.CharField(
        label=gettext_lazy("哪些天不开"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("写日期，逗号隔开，比如 2026-12-31，2027-01-02。没有就不填。"),
    )
    pieces = forms.IntegerField(
        label=gettext_lazy("同样的有几个"), min_value=1, max_value=rules.MOST_PIECES, initial=1
    )
    stock = forms.IntegerField(
        label=gettext_lazy("一共多少份"), min_value=0, max_value=rules.MOST_STOCK, required=False
    )
    per_month = forms.IntegerField(
        label=gettext_lazy("一个月最多几次"), min_value=1, max_value=10_000, required=False
    )
    needs_hours = forms.IntegerField(
        label=gettext_lazy("要做满几小时志愿服务"), min_value=1, max_value=10_000, required=False
    )
    bearer = forms.CharField(label=gettext_lazy("费用谁出"), max_length=60, required=False)
    fund = forms.ChoiceField(label=gettext_lazy("用哪一本积分换"))
    cost = forms.IntegerField(
        label=gettext_lazy("换一份要多少"),
        min_value=1,
        max_value=rules.MOST_STOCK,
        help_text=gettext_lazy("积分或者分钟。"),
    )
    ends_on = day_field(gettext_lazy("提供到哪天"), required=False, help_text=gettext_lazy("不填就是一直提供。"))
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, actor: Actor, pack: OfferPack, shared: SharingPack, today: dt.date, **more: Any
    ) -> None:
        usual = {"request": uuid.uuid4(), "hours": _("周一至周五 09:00-12:00，14:00-17:00")}
        more["initial"] = {**usual, **more.get("initial", {})}
        super().__init__(*args, **more)
        self.pack = pack
        set_choices(self, "mode", [(one.code, one.name) for one in shared.modes], empty=_("请选"))
        set_choices(self, "fee", [(one.code, one.name) for one in shared.fees])
        self._places(actor, pack, today)
        unused = {"time": ("stock",), "stock": ("hours", "pieces"), "order": ("hours", "pieces", "stock", "venue")}
        unused["term"] = ("hours", "stock", "per_month")
        courtesy = () if pack.checked else ("needs_hours", "bearer")
        points = () if pack.points else ("fund", "cost")
        if pack.points:
            funds = [(one.number, one.name) for one in queries.paying_funds()]
            set_choices(self, "fund", funds, empty=_("请选"))
        for name in (*unused[pack.shape], *courtesy, *points, *(() if pack.booking else ("closed",))):
            self.fields.pop(name, None)

    def _places(self, actor: Actor, pack: OfferPack, today: dt.date) -> None:
        if pack.neighbour:
            del self.fields["organization"]
            home = near.home_of(actor, today)
            set_rows(self, "place", Place.objects.filter(pk=home.pk) if home else Place.objects.none())
            self.fields["place"].initial = home
            del self.fields["venue"]
            return
        set_rows(self, "organization", bodies_of(actor, today))
        set_rows(self, "place", near.communities(today))
        venues = Place.objects.current().filter(kind=Kind.VENUE).defer("polygon").order_by("name")
        set_rows(self, "venue", venues)

    def clean_hours(self) -> list[list[int | str]]:
        try:
            return read_hours(self.cleaned_data["hours"])
        except Refused as refused:
            raise forms.ValidationError(said(refused)) from refused

    def clean_closed(self) -> list[dt.date]:
        found = []
        for part in self.cleaned_data["closed"].replace("，", ",").replace("、", ",").split(","):
            if not part.strip():
                continue
            try:
                found.append(dt.date.fromisoformat(part.strip()))
            except ValueError as error:
                message = _("“{part}”不是日期，写成 2026-12-31 这样。").format(part=part.strip())
                raise forms.ValidationError(message) from error
        return found

    def given(self, item: str = "") -> Given:
        said_ = self.cleaned_data
        names = ("title", "place", "about", "mode", "fee", "price", "where", "ask_at", "ends_on", "request")
        found = {name: said_[name] for name in (*names, *_SOMETIMES) if name in said_}
        return Given(kind=self.pack.name, item=item, **found)


class ChangeForm(OfferForm):
    """What may still be changed of an offer: not its kind, nor who gives it where."""

    def __init__(self, *args: Any, row: Offer, **more: Any) -> None:
        kept = ("title", "about", "mode", "fee", "price", "venue", "where", "ask_at", "pieces", "stock", "per_month")
        told = {name: getattr(row, name) for name in (*kept, "needs_hours", "bearer", "fund", "cost", "ends_on")}
        told |= {"hours": "\n".join(_hours_as_written(row)), "closed": "，".join(row.closed)}
        super().__init__(*args, initial=told, **more)
        self.row = row
        for name in ("organization", "place", "request"):
            self.fields.pop(name, None)

    def changed(self) -> Given:
        row, said_ = self.row, self.cleaned_data
        found = {name: said_[name] for name in said_ if name in self.fields}
        kept = {"kind": row.kind, "place": row.place, "organization": row.organization, "starts_on": row.starts_on}
        return Given(**{**kept, **found})


def _hours_as_written(row: Offer) -> list[str]:
    return [f"{_(WEEKDAYS[day - 1])} {spans.replace('–', '-')}" for day, spans in written(row.hours)]


class BookForm(forms.Form):
    """One of the times that are free, for how many weeks."""

    starts_at = forms.ChoiceField(
        label=gettext_lazy("选一个时间"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一个时间。")},
    )
    weeks = forms.IntegerField(label=gettext_lazy("连约几周"), min_value=1, max_value=53, initial=1, required=False)
    note = text_field(
        gettext_lazy("想说的"), rules.LONGEST_WORDS, required=False, help_text=gettext_lazy("只有提供的单位看得到。")
    )
    wait = forms.BooleanField(label=gettext_lazy("约不上就排队"), required=False)
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, times: list[tuple[str, Any]], booking: Booking, minutes: int, **more: Any) -> None:
        more["initial"] = {"request": uuid.uuid4(), "weeks": 1, **more.get("initial", {})}
        super().__init__(*args, **more)
        self.minutes = minutes
        set_choices(self, "starts_at", times)
        self.fields["weeks"].max_value = booking.series  # type: ignore[attr-defined]  # an integer's own
        if booking.series == 1:
            del self.fields["weeks"]

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        start = dt.datetime.strptime(given["starts_at"], "%Y-%m-%dT%H:%M").replace(tzinfo=CHINA)
        span = Span(start, start + dt.timedelta(minutes=self.minutes))
        return Wanted(span, given.get("weeks") or 1, 1, given["wait"], given["note"], None, given["request"])


class TakeForm(forms.Form):
    """How many, for which body, with which words."""

    quantity = forms.IntegerField(label=gettext_lazy("要几份"), min_value=1, max_value=1000, initial=1)
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("替哪个单位选"), empty_label=gettext_lazy("请选")
    )
    note = text_field(
        gettext_lazy("想说的"), rules.LONGEST_WORDS, required=False, help_text=gettext_lazy("只有提供的单位看得到。")
    )
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, pack: OfferPack, actor: Actor, today: dt.date, **more: Any) -> None:
        more["initial"] = {"request": uuid.uuid4(), "quantity": 1, **more.get("initial", {})}
        super().__init__(*args, **more)
        if pack.taker == "body":
            keys = actor.organizations_for(rules.KEEP) + actor.organizations_for(rules.SERVE)
            rows = Organization.objects.filter(in_force(today), pk__in=keys).order_by("name")
            set_rows(self, "organization", rows)
            if len(rows) == 1:
                self.fields["organization"].initial = rows[0]
        else:
            del self.fields["organization"]
        if pack.most == 1 or pack.shape == "order":
            del self.fields["quantity"]
        if pack.asks:
            self.fields["note"].required = True
            self.fields["note"].label = _("请写：{asks}").format(asks="、".join(pack.asks))

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            quantity=given.get("quantity") or 1,
            note=given["note"],
            organization=given.get("organization"),
            request=given["request"],
        )


class RollForm(forms.Form):
    """Which of those enrolled came: the page draws a box for each, and `came` only carries what was wrong."""

    came = forms.Field(required=False, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A few words that both sides read."""

    note = text_field(
        gettext_lazy("说明"),
        rules.LONGEST_NOTE,
        required=False,
        help_text=gettext_lazy("双方都看得到，不写号码和门牌。"),
    )

    def __init__(self, *args: Any, needed: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["note"].required = needed
        self.fields["note"].error_messages["required"] = _("请写一句为什么，双方都看得到。")


class DeliverForm(NoteForm):
    """What was done, with pictures."""

    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("照片或材料"),
        help_text=gettext_lazy("照片、PDF、Word、Excel 都行。别拍到不相干的人脸和车牌。"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )


class RefuseForm(NoteForm):
    """Why not: one of the usual reasons, and more where it helps."""

    reason = forms.ChoiceField(label=gettext_lazy("为什么不行"))
    field_order = ("reason", "note")

    def __init__(self, *args: Any, shared: SharingPack, **more: Any) -> None:
        super().__init__(*args, **more)
        set_choices(self, "reason", [(one.code, one.name) for one in shared.reasons], empty=_("请选"))


class CodeForm(forms.Form):
    """What stands on the taker's screen."""

    code = forms.CharField(
        label=gettext_lazy("对方的码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("请输入对方手机上的码。")},
    )


class AppealForm(forms.Form):
    """Why a miss should not count."""

    words = text_field(
        gettext_lazy("为什么没来"), rules.LONGEST_WORDS, 3, help_text=gettext_lazy("只有答复的人看得到。")
    )


class AnswerForm(NoteForm):
    """Whether an appeal holds; nothing is chosen beforehand."""

    excuse = forms.ChoiceField(
        label=gettext_lazy("申诉成立吗"),
        choices=[("yes", gettext_lazy("成立，这次不算")), ("no", gettext_lazy("不成立"))],
        widget=forms.RadioSelect,
    )
    field_order = ("excuse", "note")


class RateForm(forms.Form):
    """How it was; nothing is chosen beforehand."""

    points = forms.TypedChoiceField(
        label=gettext_lazy("怎么样"),
        coerce=int,
        choices=[
            (5, gettext_lazy("5 很好")),
            (4, gettext_lazy("4 好")),
            (3, gettext_lazy("3 一般")),
            (2, gettext_lazy("2 不太好")),
            (1, gettext_lazy("1 很差")),
        ],
        widget=forms.RadioSelect,
    )
    words = text_field(gettext_lazy("想说的"), rules.LONGEST_WORDS, required=False)


class EndForm(NoteForm):
    """The last day, and why."""

    on = day_field(gettext_lazy("最后一天"), required=False, help_text=gettext_lazy("这天以前约好的照办，后面的取消。"))
    field_order = ("on", "note")


class CheckForm(NoteForm):
    """A second person's word on what was entered."""

    approve = forms.ChoiceField(
        label=gettext_lazy("核对过了吗"),
        choices=[("yes", gettext_lazy("属实，可以用")), ("no", gettext_lazy("不通过"))],
        widget=forms.RadioSelect,
    )
    field_order = ("approve", "note")


def free_times(spans: list[tuple[Span, bool]]) -> list[tuple[str, str]]:
    """Choices of a day: the value is the clock on the wall, the word says what is taken already."""
    found = []
    for span, free in spans:
        start = span.start.astimezone(CHINA)
        word = f"{start:%H:%M}–{span.end.astimezone(CHINA):%H:%M}"
        found.append((f"{start:%Y-%m-%dT%H:%M}", word if free else _("{time}（有人约了）").format(time=word)))
    return found

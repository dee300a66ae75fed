"""更正: everything a reader sees as it should be, and what was wrong, for everybody to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.packs.model_publications import PublicationKind
from gongzhi.publications import rules
from gongzhi.publications.actions import Amended
from gongzhi.publications.forms import PicturesField, field_of, iso_of, places_for, plain, times

_SAID = ("wrong", "right", "why")


def _words(label: Any, rows: int, longest: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}))


class CorrectionForm(forms.Form):
    """Made from the record that stands; a part left as it is stays as it is."""

    title = forms.CharField(label=gettext_lazy("更正后的标题"), max_length=rules.LONGEST_TITLE)
    about = forms.CharField(label=gettext_lazy("说的是哪里、哪件事"), required=False, max_length=200)
    body = _words(gettext_lazy("更正后的正文"), 10, rules.LONGEST_BODY)

    def __init__(
        self, *args: Any, kind: PublicationKind, record: Mapping[str, Any], actor: Actor, **options: Any
    ) -> None:
        super().__init__(*args, **{**options, "initial": _initial(kind, record)})
        self.kind = kind
        for one in kind.fields:
            self.fields[f"fact_{one.code}"] = field_of(one)
        if kind.dated:
            self.fields |= times()
        self._add_scope(record, actor)
        self._add_pictures(record)
        self.fields["wrong"] = _words(_("错在哪"), 2, 600)
        self.fields["right"] = _words(_("对的是什么"), 2, 600)
        self.fields["why"] = _words(_("为什么会错"), 2, 600)

    def _add_scope(self, record: Mapping[str, Any], actor: Actor) -> None:
        self.places = {place.code: place for place in places_for(actor)}
        scope = record["scope"]
        rows = {scope["code"]: scope["name"], **{code: place.name for code, place in self.places.items()}}
        self.fields["scope"] = forms.ChoiceField(choices=list(rows.items()), label=_("公开给哪里"))
        hint = _("最多 {n} 天，从发布那天算。").format(n=self.kind.expiry_days)
        self.fields["expires_on"] = forms.DateField(
            label=_("公开到哪天前"), widget=forms.DateInput(attrs={"type": "date"}), help_text=hint
        )

    def _add_pictures(self, record: Mapping[str, Any]) -> None:
        rows = [(one["id"], _("照片 {n}").format(n=n)) for n, one in enumerate(record["pictures"], 1)]
        if rows:
            hint = _("勾上的不再给人看；指纹还留在原来的记录里。")
            self.fields["taken"] = forms.MultipleChoiceField(
                choices=rows, label=_("拿掉哪张照片"), required=False, help_text=hint
            )
        hint = _("请避开人脸、车牌和门牌；审核的人发出以前还可以遮。")
        self.fields["uploads"] = PicturesField(label=_("补上照片"), required=False, help_text=hint)

    def asked(self) -> dict[str, Any]:
        """What propose_correction takes beside by, at and the number; call after is_valid()."""
        given = self.cleaned_data
        amended = Amended(
            about=given["about"],
            facts={one.code: plain(given.get(f"fact_{one.code}")) for one in self.kind.fields},
            begins_at=iso_of(given.get("begins_at")) if self.kind.dated else None,
            ends_at=iso_of(given.get("ends_at")) if self.kind.dated else None,
            expires_on=given["expires_on"],
            place=self.places.get(given["scope"]),
            taken=given.get("taken", ()),
            uploads=[one for one in given["uploads"] if one],
        )
        return {**{name: given[name] for name in ("title", "body", *_SAID)}, "amended": amended}


def _initial(kind: PublicationKind, record: Mapping[str, Any]) -> dict[str, Any]:
    said = dict(record["facts"])
    moments = {
        name: dt.datetime.fromisoformat(record[name]).astimezone(CHINA)
        for name in ("begins_at", "ends_at")
        if record[name]
    }
    return {
        "title": record["title"],
        "about": record["subject"]["about"],
        "body": record["body"],
        "scope": record["scope"]["code"],
        "expires_on": record["expires_on"],
        **{f"fact_{one.code}": said.get(one.label, "") for one in kind.fields},
        **moments,
    }

"""Forms made from a definition: opening a course, every event that may come next. Nothing is preselected."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.form_fields import day_field
from gongzhi.common.refusals import worded
from gongzhi.common.text import N_
from gongzhi.deliberation import rules
from gongzhi.deliberation.actions.ending import Text
from gongzhi.deliberation.actions.moving import Given, Paper
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.actions.tallying import COUNTED
from gongzhi.deliberation.inquiries import may_enter
from gongzhi.deliberation.queries import Followed
from gongzhi.documents.models import InstrumentKind
from gongzhi.engines.procedure_checks import ANSWERS, CORRECTION
from gongzhi.engines.procedure_terms import Next
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.procedure_queries import Procedure
from gongzhi.packs.procedure_wording import unit_of

# Documents that a form takes back up again carry the code under which they were shown.
FIGURE, FILE, FILED, AGAIN = "figure-", "file-", "filed-", "again-"


def figure_field(pack: ProcedurePack, name: str, *, required: bool) -> forms.Field:
    label, unit = pack.names.get(name, name), unit_of(name)
    missing = {"required": _("请填{figure}。").format(figure=label)}
    if unit:
        label = _("{figure}（{unit}）").format(figure=label, unit=unit)
        return forms.DecimalField(
            label=label, min_value=0, max_digits=14, decimal_places=2, required=required, error_messages=missing
        )
    return forms.IntegerField(
        label=label, min_value=0, max_value=100_000_000, required=required, error_messages=missing
    )


def figures_in(given: dict[str, Any]) -> dict[str, int]:
    """Whole numbers of the smallest unit, as the engine wants them."""
    found = {}
    for name, value in given.items():
        if name.startswith(FIGURE) and value is not None:
            code = name.removeprefix(FIGURE)
            found[code] = int(value * 100) if unit_of(code) else int(value)
    return found


def choice(label: Any, choices: list[tuple[str, str]], missing: str, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", _("请选")), *choices], required=required, error_messages={"required": missing}
    )


class OpenForm(forms.Form):
    """What is to be decided, under which matter of the law, on whose call."""

    about = forms.CharField(
        label=gettext_lazy("要决定什么事"),
        max_length=rules.LONGEST_ABOUT,
        help_text=gettext_lazy("一句话。写事，不写居民的姓名和门牌。"),
        error_messages={"required": gettext_lazy("请用一句话写清要决定什么事。")},
    )

    def __init__(
        self,
        *args: Any,
        procedure: Procedure,
        matters: list[tuple[str, str]],
        reserved: list[tuple[str, str]],
        whom: list[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        pack, definition = procedure.pack, procedure.definition
        if pack.concerns:
            self.fields["concerns"] = choice(
                _(rules.CONCERNS_WORDS[pack.concerns]), whom, _(rules.CONCERNS_MISSING[pack.concerns])
            )
        if matters:
            self.fields["matter"] = choice(
                _("属于法律里的哪一项"), matters, _("请选属于哪一项。决定权归谁，看这一项。")
            )
        elif reserved:
            self.fields["matter"] = choice(
                _("是不是下面这些事"), [("none", _("都不是")), *reserved], _("请选。这些事法律规定由专门的会决定。")
            )
        openers = [(caller.body, pack.bodies.get(caller.body, caller.body)) for caller in definition.openers]
        self.fields["opener"] = choice(_("谁提出来"), list(dict.fromkeys(openers)), _("请选是谁提出来的。"))
        for name in dict.fromkeys(name for caller in definition.openers for name in caller.needs.figures):
            self.fields[f"{FIGURE}{name}"] = figure_field(pack, name, required=False)

    def opening(self) -> Opening:
        given = self.cleaned_data
        matter = given.get("matter", "")
        return Opening(
            given["about"],
            given["opener"],
            "" if matter == "none" else matter,
            figures_in(given),
            given.get("concerns", ""),
        )


class EventForm(forms.Form):
    """One event that may come next, as the definition asks for it."""

    def __init__(self, *args: Any, course: Followed, move: Next, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.course, self.move = course, move
        pack = course.pack
        self._say_who(pack, actor)
        self._say_when()
        self._ask_figures(pack)
        self._say_outcome(pack)
        documents = (*move.documents, *((CORRECTION,) if move.kind == "answered" else ()))
        for code in documents:
            self._add_document(code, pack.documents.get(code, _("更正的文本") if code == CORRECTION else code))
        if move.kind == "published":
            self.fields["publication"] = forms.CharField(
                label=_("在“公开”里的编号"),
                required=False,
                max_length=30,
                help_text=_("发布过的，写上编号，别人能从这里点过去。只贴在墙上的不用写。"),
            )
        if move.kind in ("called_off", "aborted", "answered"):
            self._add_note(_("为什么"), required=True)
        elif move.kind in ("recorded", "fell_through"):
            self._add_note(_("要说明的"), required=False)

    def _ask_figures(self, pack: ProcedurePack) -> None:
        """Typed, or taken from a vote; where the procedure has people vote by ballot, from a vote alone."""
        move = self.move
        balloted = move.kind == "recorded" and self.course.stage(move.step).balloted
        needed = move.kind in COUNTED and not self.course.step(move.step).decides
        history = pack.history.figure if pack.history else ""
        for name in (one for one in move.figures if one != history and not balloted):
            self.fields[f"{FIGURE}{name}"] = figure_field(pack, name, required=needed)
        if move.kind in COUNTED and move.figures and not needed:
            self.fields["vote"] = self._vote_field(balloted)

    def _vote_field(self, balloted: bool) -> forms.CharField:
        if not balloted:
            label, said = _("在这里表决的，写表决编号"), _("数字从计票结果里来，上面可以空着。在会上举手的不用写。")
            return forms.CharField(label=label, required=False, max_length=24, help_text=said)
        missing = _("“{step}”要投票，数字不能手填。请填表决编号。").format(step=self.course.stage(self.move.step).title)
        return forms.CharField(
            label=_("表决编号"),
            max_length=24,
            help_text=_("先在“表决”里开一次投票，计票公布以后填编号。数字从计票结果里来。"),
            error_messages={"required": missing},
        )

    def _say_who(self, pack: ProcedurePack, actor: Actor) -> None:
        """Bodies for which this actor may act here."""
        bodies = [
            (body, pack.bodies.get(body, body))
            for body in self.move.by
            if may_enter(actor, self.course, self.move.kind, body)
        ]
        self.may = bool(bodies)
        label = _("谁签") if self.move.kind == "signed" else _("谁来办")
        self.fields["body"] = choice(label, bodies, _("请选是谁。"))

    def _say_when(self) -> None:
        if self.move.kind not in rules.TODAY:
            self.fields["on"] = day_field(_("哪一天的事"), missing=_("请填是哪一天。"))
        if self.move.kind == "noticed":
            self.fields["for_day"] = day_field(_("定在哪一天开"), missing=_("还没写哪一天开。请选一个日期。"))

    def _say_outcome(self, pack: ProcedurePack) -> None:
        if self.move.kind == "answered":
            keys = [(key, _("第 {n} 条异议").format(n=key)) for key in self.move.keys]
            self.fields["key"] = choice(_("答复哪一条"), keys, _("请选答复哪一条。"))
            words = [(code, _(rules.ANSWER_WORDS[code])) for code in ANSWERS]
            self.fields["outcome"] = choice(_("怎么定"), words, _("请选怎么定。"))
        elif self.move.outcomes:
            stage = self.course.stage(self.move.step)
            titles = {way.code: way.title for way in stage.branches}
            words = [(code, titles.get(code, code)) for code in self.move.outcomes]
            self.fields["outcome"] = choice(_("结果是什么"), words, _("还没选结果。请从列出的结果里选。"))

    def _add_document(self, code: str, label: str) -> None:
        """A file, one that was shown before, or where the paper lies."""
        self.fields[f"{FILE}{code}"] = forms.FileField(
            label=label, required=False, help_text=_("照片、PDF、Word 或 Excel。")
        )
        if code in self.course.kept():
            row, _shows = self.course.kept()[code]
            day = dt.date.fromisoformat(row.event["on"])
            again = [(code, worded(N_("{day}交过的那一份"), {"day": day}))]
            self.fields[f"{AGAIN}{code}"] = choice(_("用交过的{name}").format(name=label), again, "", required=False)
        self.fields[f"{FILED}{code}"] = forms.CharField(
            label=_("{name}只有纸的，放在哪里").format(name=label), required=False, max_length=rules.LONGEST_FILED
        )

    def _add_note(self, label: str, *, required: bool) -> None:
        self.fields["note"] = forms.CharField(
            label=label,
            required=required,
            max_length=rules.LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": _("还没写理由。请写一句为什么。")},
        )

    def given(self) -> Given:
        said = self.cleaned_data
        codes = [name.removeprefix(FILE) for name in self.fields if name.startswith(FILE)]
        papers = {
            code: Paper(said.get(f"{FILE}{code}"), said.get(f"{AGAIN}{code}", ""), said.get(f"{FILED}{code}", ""))
            for code in codes
        }
        return Given(
            self.move.kind,
            said["body"],
            self.move.step,
            on=said.get("on"),
            for_day=said.get("for_day"),
            figures=figures_in(said),
            papers=papers,
            outcome=said.get("outcome", ""),
            key=said.get("key", ""),
            note=said.get("note", ""),
            publication=said.get("publication", ""),
            vote=said.get("vote", ""),
        )


class ObjectForm(forms.Form):
    """An objection to what is posted."""

    words = forms.CharField(
        label=gettext_lazy("您不同意哪一点，为什么"),
        max_length=rules.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("只有办这件事的人和监督的人看得到您写的话。"),
        error_messages={"required": gettext_lazy("请写您不同意哪一点、为什么。")},
    )


class InquiryForm(forms.Form):
    """Whom somebody asks, and what."""

    body = forms.ChoiceField(label=gettext_lazy("问谁"), error_messages={"required": gettext_lazy("请选问谁。")})
    words = forms.CharField(
        label=gettext_lazy("问什么"),
        max_length=rules.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写事，不写别人的姓名和门牌。您、答复的单位和监督的人看得到。"),
        error_messages={"required": gettext_lazy("请写您问什么。")},
    )

    def __init__(self, *args: Any, bodies: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.bodies = {str(body.pk): body for body in bodies}
        chosen = [("", _("请选")), *((pk, body.name) for pk, body in self.bodies.items())]
        self.fields["body"].choices = chosen  # type: ignore[attr-defined]  # a choice field's own


class DoneForm(forms.Form):
    """Where the effect was brought about."""

    words = forms.CharField(
        label=gettext_lazy("在哪里办的"),
        max_length=120,
        help_text=gettext_lazy("例如任命文号、交接单编号。不写人名。"),
        error_messages={"required": gettext_lazy("请写在哪里办的。")},
    )


class TextForm(forms.Form):
    """The text that was adopted."""

    code = forms.SlugField(
        label=gettext_lazy("代号"),
        max_length=60,
        help_text=gettext_lazy("小写字母和短横，写在网址里，例如 village-covenant。改过的写原来的代号。"),
        error_messages={"required": gettext_lazy("请写代号。")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("是什么"), error_messages={"required": gettext_lazy("请选是什么文本。")}
    )
    heading = forms.CharField(
        label=gettext_lazy("名称"), max_length=120, error_messages={"required": gettext_lazy("请写文本的名称。")}
    )
    words = forms.CharField(
        label=gettext_lazy("全文"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("一行一段。以 # 开头的一行是标题。"),
        error_messages={"required": gettext_lazy("请写全文。")},
    )
    effective_from = day_field(gettext_lazy("从哪天起管用"), missing=gettext_lazy("请填从哪天起管用。"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [("", _("请选")), *((kind.value, _(kind.label)) for kind in InstrumentKind)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a choice field's own

    def text(self) -> Text:
        return Text(**self.cleaned_data)

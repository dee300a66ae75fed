"""Drawing up a vote on money, and the paper on which residents spend it. Nothing is preselected."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.ballots import budgets, rules
from gongzhi.ballots.forms_elections import ElectionForm, in_china
from gongzhi.ballots.models import Roll, Vote
from gongzhi.ballots.spending import yuan

LONGEST_NAME, LONGEST_ABOUT, MOST = 40, 80, 200


def read_proposals(text: str) -> list[budgets.Proposal]:
    """A proposal on a line: name, yuan, perhaps what it is. Raises ValidationError naming the line."""
    found: list[budgets.Proposal] = []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        parts = [part.strip() for part in re.split(r"[，,\t]", line, maxsplit=2)]
        cost = parts[1].replace(" ", "").removesuffix("元") if len(parts) > 1 else ""
        if not parts[0] or not re.fullmatch(r"[0-9]{1,9}", cost) or len(parts[0]) > LONGEST_NAME:
            message = _("第 {line} 行看不懂：{text}。一行一个：名字，多少元，是什么。名字最多 {most} 个字。")
            raise forms.ValidationError(message.format(line=number, text=line[:40], most=LONGEST_NAME))
        about = parts[2][:LONGEST_ABOUT] if len(parts) > 2 else ""
        found.append(budgets.Proposal(str(number), parts[0], int(cost), about))
    if len({one.name for one in found}) < len(found):
        raise forms.ValidationError(_("有两个项目名字一样。请改一个，免得投错。"))
    if len(found) > MOST:
        raise forms.ValidationError(_("最多 {n} 个项目。请先合并。").format(n=MOST))
    return found


class BudgetForm(forms.Form):
    """How much money, which proposals, how they are voted on and counted."""

    title = forms.CharField(
        label=gettext_lazy("要投什么"),
        max_length=rules.LONGEST_TITLE,
        help_text=gettext_lazy("比如“今年的 3 万元做哪几件事？”"),
        error_messages={"required": gettext_lazy("请写要投什么。")},
    )
    about = forms.CharField(
        label=gettext_lazy("先看明白"),
        required=False,
        max_length=rules.LONGEST_ABOUT,
        help_text=gettext_lazy("钱从哪来、谁评过这些项目、以后谁维护。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    budget = forms.IntegerField(
        label=gettext_lazy("一共多少钱（元）"),
        min_value=1,
        max_value=999_999_999,
        error_messages={"required": gettext_lazy("请写一共有多少钱，整元。")},
    )
    proposals = forms.CharField(
        label=gettext_lazy("有哪些项目"),
        max_length=40_000,
        help_text=gettext_lazy("一行一个：名字，多少元，是什么。先评过做得了、花费对，再写上来。"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请写有哪些项目。")},
    )
    form = forms.ChoiceField(
        label=gettext_lazy("票怎么写"), error_messages={"required": gettext_lazy("请选票怎么写。")}
    )
    way = forms.ChoiceField(label=gettext_lazy("怎么算"), error_messages={"required": gettext_lazy("请选怎么算。")})

    def __init__(self, *args: Any, roll: Roll, law: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        as_election = ElectionForm(roll=roll).fields
        for name in ("body", "closes_at"):
            self.fields[name] = as_election[name]
        self.fields["ways"] = forms.ChoiceField(
            label=_("怎么投"), choices=[("both", _("网上和纸票")), ("paper", _("只用纸票"))]
        )
        allowed = {"form": law.rule("ballot").params["forms"], "way": law.rule("count").params["ways"]}
        for name, words in (("form", budgets.FORM_WORDS), ("way", budgets.WAY_WORDS)):
            choices = [(code, _(word)) for code, word in words.items() if code in allowed[name]]
            self.fields[name].choices = [("", _("请选")), *choices]  # type: ignore[attr-defined]  # its own

    def clean_proposals(self) -> list[budgets.Proposal]:
        return read_proposals(self.cleaned_data["proposals"])

    def clean_closes_at(self) -> Any:
        return in_china(self.cleaned_data["closes_at"])


class SpendForm(forms.Form):
    """One's own paper: marks, a place, or points for every proposal; `choice` comes out as the marks of a ballot."""

    position = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, vote: Vote, **options: Any) -> None:
        super().__init__(*args, **options)
        self.terms = budgets.terms_of(vote)
        self.fields["choice"] = forms.Field(required=False, label=_("选好再投"))

    def _numbers(self) -> dict[str, int]:
        """What was written beside each proposal. Raises ValidationError."""
        found = {}
        for one in self.terms.proposals:
            said = str(self.data.get(f"p{one.code}", "")).strip()
            if said and not re.fullmatch(r"[0-9]{1,4}", said):
                raise forms.ValidationError(_("“{name}”旁边请写数字。").format(name=one.name))
            if said and int(said):
                found[one.code] = int(said)
        return found

    def clean_choice(self) -> list[str]:
        if self.terms.form in ("approval", "choose-1"):
            return [str(one) for one in getattr(self.data, "getlist", self.data.get)("choice") or ()]
        numbers = self._numbers()
        if self.terms.form == "cumulative":
            return [f"{code}={points}" for code, points in numbers.items()]
        places = sorted(numbers.values())
        if places != list(range(1, len(places) + 1)):
            raise forms.ValidationError(_("请从 1 写起，一个数只用一次。"))
        return sorted(numbers, key=lambda code: numbers[code])

    def lines(self) -> list[dict[str, Any]]:
        """Proposals as the paper shows them, with what was given before."""
        chosen: list[str] = getattr(self.data, "getlist", lambda name: [])("choice") if self.is_bound else []
        written = {one.code: self.data.get(f"p{one.code}", "") for one in self.terms.proposals} if self.is_bound else {}
        return [
            {"one": one, "cost": yuan(one.cost), "value": written.get(one.code, ""), "on": one.code in chosen}
            for one in self.terms.proposals
        ]

    def sum(self) -> int:
        return sum(line["one"].cost for line in self.lines() if line["on"] or line["value"])

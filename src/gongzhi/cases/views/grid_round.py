"""A grid member's round: the buildings as a matrix, and what was found, said or written, as a case at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.cases.actions.patrolling import report_finding
from gongzhi.cases.form_fields import PhotosField, sound_field
from gongzhi.cases.queries.matrix import MOST_BUILDINGS, buildings_of, matrix_of
from gongzhi.common import clock
from gongzhi.common.access import allows
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back


class FindingForm(forms.Form):
    """A finding of the round: where, what, a picture, a voice note. There is no field for a person."""

    place = forms.ChoiceField(label=gettext_lazy("在哪栋"), error_messages={"required": gettext_lazy("还没选在哪里。")})
    text = forms.CharField(
        label=gettext_lazy("看到什么"),
        help_text=gettext_lazy("写一句，或者在下面录一段。只记地方和事，不写谁。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PhotosField(label=gettext_lazy("照片"), help_text=gettext_lazy("请避开人脸和车牌。"))
    sound = sound_field()

    def __init__(self, *given: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = [("", _("请选一栋")), *places]


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """我的楼栋: a cell is a dwelling; colour and words say what is open and when somebody last looked."""
    actor, at = staff_of(request, "cases.accept"), clock.now()
    houses = buildings_of(actor)
    wanted = request.GET.get("building", "")
    chosen = [house for house in houses if house.code == wanted] or houses[:1]
    today = clock.local_date(at)
    blocks = [
        {
            "block": block,
            "stairs": [
                (stair, [{"cell": cell, "tone": cell.tone(today)} for cell in cells]) for stair, cells in block.stairs
            ],
        }
        for block in matrix_of(actor, chosen, at)
    ]
    context = {
        "houses": houses,
        "chosen": chosen[0].code if chosen else "",
        "blocks": blocks,
        "cut": len(houses) >= MOST_BUILDINGS,
        "may_visit": allows(actor, "registers.fill"),
    }
    return render(request, "cases/staff/matrix.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest) -> HttpResponse:
    """巡查发现: on the telephone, in one hand, in the rain."""
    actor, at = staff_of(request, "cases.report_for"), clock.now()
    houses = buildings_of(actor)
    places = [(house.code, house.name) for house in houses]
    places += [(path.strip("/").split("/")[-1], _("网格里别的地方")) for path in actor.paths_for("cases.accept")[:1]]
    if request.method != "POST":
        form = FindingForm(places=places, initial={"place": request.GET.get("place", "")})
        return render(request, "cases/staff/finding.html", {"form": form})
    form = FindingForm(request.POST, request.FILES, places=places)
    if form.is_valid():
        given = form.cleaned_data
        try:
            answer = report_finding(
                by=actor,
                at=at,
                place_code=given["place"],
                text=given["text"],
                photos=given["photos"],
                sound=given["sound"],
            )
        except Refused as refused:
            put_back(form, refused, _FIELDS.get(refused.code.partition("_")[0]))
        else:
            messages.success(request, _("记下了，编号 {number}。").format(number=answer["number"]))
            return redirect("grid-today")
    return render(request, "cases/staff/finding.html", {"form": form}, status=422)


_FIELDS = {"sound": "sound", "photo": "photos"}

"""What one can look for on the trail."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TrailForm(forms.Form):
    """Search by object, actor, kind of act and day; every field may stay empty."""

    subject = forms.CharField(label=_("对象"), required=False, max_length=80, help_text=_("比如 case:PC-261122-0001"))
    actor = forms.CharField(label=_("谁"), required=False, max_length=80)
    action = forms.CharField(label=_("做了什么"), required=False, max_length=60, help_text=_("比如 cases.dispatch"))
    since = forms.DateField(label=_("从哪天起"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

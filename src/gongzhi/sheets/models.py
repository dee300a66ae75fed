"""Definitions as they were used, figures with year and source, weighted sheets and what was filled into them.

Nothing here changes once something rests on it: a definition and an entry never (by trigger), a figure by a new row
that takes its place, a sheet not from its first entry on (by trigger).
"""

from django.db import models
from django.db.models import F, Q

from gongzhi.places.models import Place


class Indicator(models.Model):
    """指标 Indicator: one definition as it was first used; the words and the lineage come from a pack."""

    code = models.CharField(max_length=64, help_text="the code in the pack")
    version = models.CharField(max_length=20, help_text="the definition's own version")
    pack = models.CharField(max_length=160, help_text="reference of the pack version that it was read from")
    definition = models.JSONField(help_text="the whole definition, as used")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the definition, in hexadecimal")
    used_at = models.DateTimeField(help_text="when it was first used; it does not change after that")

    class Meta:
        verbose_name = "指标"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="sheets_indicator_version_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def reference(self) -> str:
        return f"indicator:{self.code}/{self.version}"


class Observation(models.Model):
    """观测值 Observation: a figure of one place and year, exactly as the source gives it; corrected by a new row."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations", help_text="what it is of")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", help_text="the region it is about")
    year = models.PositiveSmallIntegerField(help_text="the year that it describes")
    value = models.DecimalField(max_digits=24, decimal_places=8, help_text="exact")
    decimals = models.PositiveSmallIntegerField(default=0, help_text="how many decimals the source wrote")
    unit = models.CharField(max_length=20, blank=True, default="", help_text="persons, km², %, …")
    source = models.CharField(max_length=200, help_text="which yearbook, survey or report")
    synthetic = models.BooleanField(default=False, help_text="演示数据: spread from a total, or made up")
    boundaries_on = models.DateField(help_text="the day whose boundaries it speaks of")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by", help_text="the row that this one corrects"
    )
    recorded_at = models.DateTimeField(help_text="when it was brought in")
    recorded_by = models.CharField(max_length=80, help_text="reference of the actor")

    class Meta:
        verbose_name = "观测值"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "place", "year"],
                condition=Q(supersedes__isnull=True),
                name="sheets_observation_first_once",
            ),
            models.CheckConstraint(condition=Q(year__gte=1949, year__lte=2199), name="sheets_observation_year"),
            models.CheckConstraint(condition=Q(decimals__lte=8), name="sheets_observation_decimals"),
            models.CheckConstraint(condition=~Q(source=""), name="sheets_observation_sourced"),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="sheets_observation_not_itself"),
        ]
        indexes = [models.Index(fields=["place", "indicator", "year"], name="sheets_observation_series")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year}"

    @property
    def reference(self) -> str:
        return f"observation:{self.pk}"


class Sheet(models.Model):
    """评分表 Sheet: weighted indicators and judged items; from its first entry on it does not change."""

    code = models.CharField(max_length=64, help_text="shared by the versions")
    version = models.PositiveSmallIntegerField(help_text="1, 2, …; a change after use is a new one")
    content = models.JSONField(help_text="name, items with weights, source, whether illustrative")
    made_at = models.DateTimeField(help_text="when it was made or last changed")
    made_by = models.CharField(max_length=80, help_text="reference of the actor")
    frozen_at = models.DateTimeField(null=True, help_text="when it was first filled in")

    class Meta:
        verbose_name = "评价表"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="sheets_sheet_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="sheets_sheet_version"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def reference(self) -> str:
        return f"sheet:{self.code}/{self.version}"


class SheetEntry(models.Model):
    """评价表的一格 SheetEntry: one item of a sheet for one place and time, with evidence; a later one takes over."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="entries", help_text="the version that was filled")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", help_text="the place it is about")
    since = models.DateField(help_text="first day")
    until = models.DateField(help_text="last day")
    item = models.CharField(max_length=64, help_text="code of the item")
    about = models.CharField(max_length=80, blank=True, default="", help_text='one thing there: "project:P00001"')
    numerator = models.DecimalField(max_digits=24, decimal_places=8, help_text="the count, or what was given")
    denominator = models.DecimalField(max_digits=24, decimal_places=8, help_text="out of how many, or the scale")
    definition = models.ForeignKey(
        Indicator, models.PROTECT, null=True, related_name="+", help_text="the definition that was counted by"
    )
    evidence = models.JSONField(default=list, help_text="references and addresses of evidence; no personal values")
    note = models.CharField(max_length=400, blank=True, default="", help_text="why; no personal values")
    filled_at = models.DateTimeField(help_text="when")
    filled_by = models.CharField(max_length=80, help_text="reference of the actor")

    class Meta:
        verbose_name = "评价表的一格"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="sheets_entry_dates"),
            models.CheckConstraint(
                condition=Q(denominator__gt=0, numerator__gte=0, numerator__lte=F("denominator")),
                name="sheets_entry_within",
            ),
        ]
        indexes = [
            models.Index(fields=["sheet", "place", "since", "until", "item", "id"], name="sheets_entry_filled"),
            models.Index(fields=["about", "id"], name="sheets_entry_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.item}"

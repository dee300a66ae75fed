"""The tree of places, its past, and the counter that tells caches when it changed."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length, Right
from django.db.models.lookups import Exact

from gongzhi.common.access import Actor
from gongzhi.places import rules


class Kind(models.TextChoices):
    """What sort of place it is; the levels inside a kind are named by the model pack."""

    REGION = "region", "区域"
    GRID = "grid", "网格"
    BUILDING = "building", "楼栋"
    DWELLING = "dwelling", "房屋"
    VENUE = "venue", "场地"


class PlaceQuerySet(models.QuerySet["Place"]):
    """Reads that every room needs; a place is public, so `visible_to` hides only dwellings."""

    def current(self) -> Self:
        """Places not ended."""
        return self.filter(valid_to__isnull=True)

    def on(self, date: dt.date) -> Self:
        """Places that existed on a civil date."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=date)
        lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=date)
        return self.filter(begun, lasting)

    def under(self, path: str) -> Self:
        """The place with this path and everything below it."""
        return self.filter(path__startswith=path)

    def below(self, path: str) -> Self:
        """Everything below the place with this path, without the place itself."""
        return self.under(path).exclude(path=path)

    def visible_to(self, actor: Actor) -> Self:
        """All places but dwellings for everyone; dwellings where a mandate gives `places.read`."""
        if actor.kind == "system":
            return self
        seen = ~Q(kind=Kind.DWELLING)
        for path in actor.paths_for("places.read"):
            seen |= Q(path__startswith=path)
        return self.filter(seen)


class Place(models.Model):
    """地点 Place: a region, grid, building, dwelling (an address) or venue. It never holds personal data."""

    kind = models.CharField(max_length=16, choices=Kind.choices, help_text="region, grid, building, dwelling or venue")
    level = models.CharField(
        max_length=32,
        blank=True,
        help_text="key of the level in the model pack, or of the statistical division",
    )
    code = models.CharField(
        max_length=64,
        help_text="unique per kind while valid; regions: statistical code without padding zeros",
    )
    civil_code = models.CharField(
        max_length=12, blank=True, help_text="civil-affairs code as the source gives it (6, 9 or 12 digits)"
    )
    name = models.CharField(max_length=200, help_text="the name valid today; earlier names are versions")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text="the place it lies in; empty at the root",
    )
    civil_parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="civil_children",
        db_index=False,
        help_text="who administers it, where that is not the parent in the statistical division",
    )
    path = models.TextField(help_text='codes from the root, "/44/4403/440307/"; ends with its own code and "/"')
    valid_from = models.DateField(null=True, blank=True, help_text="first day; empty: not known since when")
    valid_to = models.DateField(null=True, blank=True, help_text="first day on which it is no more; empty: still there")
    longitude = models.FloatField(null=True, blank=True, help_text="degrees, WGS-84")
    latitude = models.FloatField(null=True, blank=True, help_text="degrees, WGS-84")
    polygon = models.JSONField(null=True, blank=True, help_text="outline as GeoJSON Polygon or MultiPolygon, WGS-84")
    households = models.PositiveIntegerField(
        null=True, blank=True, help_text="number of households; a count, never people"
    )
    target_households = models.PositiveIntegerField(null=True, blank=True, help_text="the size the model pack asks for")
    facets = models.JSONField(default=list, blank=True, help_text="facet codes from packs, such as 城中村, 安置小区")
    features = models.JSONField(
        default=dict,
        blank=True,
        help_text="answers yes, no or unknown: property_service, responsible_unit, security",
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "地点"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=Q(valid_to__isnull=True),
                name="place_code_once_while_valid",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="place_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="place_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__isnull=False, latitude__isnull=False)
                & Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="place_point_whole_or_none",
            ),
            models.CheckConstraint(
                condition=Exact(Right("path", Length("code") + 2), Concat(Value("/"), F("code"), Value("/"))),
                name="place_path_ends_with_code",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(code__contains="/"), name="place_code_plain"),
            models.CheckConstraint(condition=~Q(name=""), name="place_named"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="place_not_its_own_parent"),
        ]
        indexes = [
            models.Index(fields=["path"], name="place_path", opclasses=["text_pattern_ops"]),
            models.Index(fields=["kind", "level"], name="place_kind_level"),
            # A civil code that only repeats the code is found by the code.
            models.Index(
                fields=["civil_code"],
                condition=~Q(civil_code="") & ~Q(civil_code=F("code")),
                name="place_civil_code",
            ),
            models.Index(fields=["id"], condition=Q(polygon__isnull=False), name="place_outlined"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the trail and links name this place."""
        return f"place:{self.pk}"

    @property
    def statistical_code(self) -> str:
        """The 12-digit statistical code of a region; empty for what is not in the division."""
        return rules.statistical_code(self.code) if self.kind == Kind.REGION else ""

    @property
    def codes(self) -> list[str]:
        """Codes from the root to this place."""
        return self.path.strip("/").split("/")


class PlaceVersion(models.Model):
    """地点沿革 PlaceVersion: a name and parent that a place had until a change; today's are on the place."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="versions", help_text="the place that changed")
    name = models.CharField(max_length=200, help_text="the name it had")
    parent = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", help_text="the place it lay in"
    )
    path = models.TextField(help_text="the path it had")
    households = models.PositiveIntegerField(null=True, blank=True, help_text="how many households it had")
    features = models.JSONField(default=dict, blank=True, help_text="what was known of it, population and area too")
    valid_from = models.DateField(null=True, blank=True, help_text="first day of this state; empty: not known")
    valid_to = models.DateField(help_text="first day of the next state")

    class Meta:
        verbose_name = "地点沿革"
        ordering = ["place", "valid_to"]
        constraints = [
            models.UniqueConstraint(fields=["place", "valid_to"], name="version_ends_once"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="version_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} –{self.valid_to}"


class PlaceRevision(models.Model):
    """地点修订号 PlaceRevision: one row, raised in the transaction of every change, so that caches know."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, help_text="always 1")
    number = models.BigIntegerField(default=0, help_text="how often places have changed")

    class Meta:
        verbose_name = "地点修订号"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="revision_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)

"""The processing register. Consents are people's; rights requests, breaches and export requests are Cases."""

from django.db import models
from django.db.models import F, Q

from gongzhi.common.text import N_
from gongzhi.people.models import Organization


class Ground(models.TextChoices):
    """个人信息保护法 13(1): on what a processing activity rests; there is no other ground."""

    CONSENT = "consent", N_("本人同意")
    CONTRACT = "contract", N_("履行合同、管理人员所必需")
    DUTY = "duty", N_("履行法定职责或者法定义务所必需")
    EMERGENCY = "emergency", N_("应对紧急情况所必需")
    NEWS = "news", N_("为公共利益的新闻报道、舆论监督")
    DISCLOSED = "disclosed", N_("本人已经公开的，在合理范围内")
    OTHER_LAW = "other_law", N_("法律、行政法规规定的其他情形")


class Level(models.TextChoices):
    """How much harm a leak does; who sees a value in clear follows from it (common.personal)."""

    L1 = "L1", N_("公开")
    L2 = "L2", N_("内部")
    L3 = "L3", N_("个人信息")
    L4 = "L4", N_("敏感个人信息")


class ProcessingActivity(models.Model):
    """处理活动 ProcessingActivity: one version of what is done with which personal information, on what ground.

    A change is a new row; the row before gets its `valid_to`. What needs an impact assessment (个人信息保护法 55) is
    never in use without an approved one.
    """

    code = models.CharField(max_length=40, help_text="the name that versions share, such as report")
    version = models.PositiveIntegerField(default=1, help_text="counts the versions of one code")
    title = models.CharField(max_length=60, help_text="how people call it")
    purpose = models.TextField(help_text="what for, in plain words (个人信息保护法 17)")
    ground = models.CharField(max_length=10, choices=Ground, help_text="个人信息保护法 13(1)")
    article = models.CharField(max_length=120, help_text="the law, instrument or agreement it rests on")
    subjects = models.CharField(max_length=120, help_text="whose information")
    categories = models.JSONField(help_text="[{what, level, columns}]: kinds of information and where they are kept")
    level = models.CharField(max_length=2, choices=Level, help_text="the highest level of its categories")
    receivers = models.TextField(help_text="who gets to see it")
    retention = models.CharField(max_length=200, help_text="how long it is kept, in words")
    stays = models.CharField(max_length=200, blank=True, default="", help_text="what a deletion leaves, and why")
    measures = models.TextField(help_text="how it is protected")
    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", help_text="the responsible unit"
    )
    traits = models.JSONField(default=list, help_text="automated, publishing, export, entrusted: why to assess")
    consent = models.CharField(max_length=60, blank=True, default="", help_text="the purpose that is agreed to")
    needs_assessment = models.BooleanField(help_text="个人信息保护法 55: sensitive, automated, published, given on")
    assessment = models.JSONField(default=dict, help_text="answers, result, measures, by, approved_by, approved_on")
    in_use = models.BooleanField(default=False, help_text="whether this may be done now")
    valid_from = models.DateTimeField(help_text="when this version was written")
    valid_to = models.DateTimeField(null=True, help_text="when a newer version took its place")
    by = models.CharField(max_length=80, help_text="who wrote this version, as the trail names them")
    reason = models.CharField(max_length=200, blank=True, default="", help_text="why it was changed into this version")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="privacy_activity_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="privacy_activity_one_current"
            ),
            models.CheckConstraint(
                name="privacy_activity_dates", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="privacy_activity_ground", condition=Q(ground__in=Ground.values)),
            models.CheckConstraint(
                name="privacy_activity_assessed_before_use",
                condition=Q(in_use=False) | Q(needs_assessment=False) | Q(assessment__has_key="approved_on"),
            ),
            models.CheckConstraint(
                name="privacy_activity_consent_named", condition=~Q(ground="consent") | ~Q(consent="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def reference(self) -> str:
        return f"activity:{self.code}"

    @property
    def paper(self) -> str:
        """How duties name its impact assessment; a version behind a slash."""
        return f"assessment:{self.code}"

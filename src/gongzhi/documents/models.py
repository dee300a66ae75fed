"""Tables of what was uploaded (Media, Evidence; bytes lie sealed in the media folder) and of texts (Instrument)."""

from django.db import models
from django.db.models import Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.people.models import VaultKey
from gongzhi.places.models import Place


class MediaKind(models.TextChoices):
    IMAGE = "image", N_("照片")
    AUDIO = "audio", N_("录音")
    FILE = "file", N_("文件")


class Media(models.Model):
    """影像 Media: one uploaded thing, re-encoded without metadata and sealed under the key of its subject."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MediaKind)
    mime = models.CharField(max_length=80, help_text="of the stored form, not of what was uploaded")
    size = models.PositiveIntegerField(help_text="bytes of the stored form, opened")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sha256 = models.BinaryField(max_length=32, help_text="of the sealed file as it lies on the disk")
    original_sha256 = models.BinaryField(max_length=32, help_text="of the bytes that were uploaded")
    taken_at = models.DateTimeField(null=True, help_text="as the camera wrote it")
    longitude = models.FloatField(null=True, help_text="WGS-84, as the camera wrote it")
    latitude = models.FloatField(null=True)
    path = models.CharField(max_length=80, blank=True, help_text="under the media folder; empty once erased")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "media"
        constraints = [
            models.CheckConstraint(
                name="media_place_is_whole",
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
            ),
            models.CheckConstraint(
                name="media_erased_has_no_file",
                condition=Q(erased_at__isnull=True) & ~Q(path="") | Q(erased_at__isnull=False, path=""),
            ),
        ]

    def __str__(self) -> str:
        return f"media:{self.pk}"

    @property
    def thumbnail_path(self) -> str:
        return self.path.removesuffix(".sealed") + ".thumb.sealed"


class EvidencePurpose(models.TextChoices):
    REPORT = "report", N_("反映时")
    BEFORE = "before", N_("办理前")
    AFTER = "after", N_("办理后")
    WORK = "work", N_("办理中")
    VERIFY = "verify", N_("核查时")
    RECEIPT = "receipt", N_("票据")
    SIGNATURE = "signature", N_("签字")
    DOCUMENT = "document", N_("材料")
    OTHER = "other", N_("其他")


class Evidence(models.Model):
    """佐证 Evidence: this Media belongs to that subject and shows this. Append-only."""

    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="evidence")
    subject = models.CharField(max_length=80, help_text='type:id, as in the trail: "case:GZ-…"')
    purpose = models.CharField(max_length=10, choices=EvidencePurpose)
    added_by = models.CharField(max_length=80, help_text="who, as the trail names them")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["media", "subject"], name="evidence_once")]
        indexes = [models.Index(fields=["subject", "id"], name="evidence_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose}"


class InstrumentKind(models.TextChoices):
    CHARTER = "charter", N_("章程")
    COVENANT = "covenant", N_("公约")
    RULES = "rules", N_("制度")
    SOP = "sop", N_("流程")
    GUIDE = "guide", N_("办事指南")


class Instrument(models.Model):
    """文本 Instrument: one version of a text that holds for a place: charter, covenant, rules, SOP, guide.

    A draft may be rewritten; once adopted its words are what they are (by trigger), and a change is the next version.
    """

    code = models.SlugField(max_length=60, help_text="what the versions of one text share; stands in its address")
    version = models.PositiveIntegerField(help_text="counted from 1")
    kind = models.CharField(max_length=10, choices=InstrumentKind)
    title = models.CharField(max_length=120)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="instruments", help_text="where it holds; below it too"
    )
    text = models.TextField(help_text="a line is a paragraph; a line that begins with # is a heading")
    basis = models.CharField(max_length=200, blank=True, default="", help_text="by which decision, which law")
    adopted_on = models.DateField(null=True, help_text="day of the decision")
    effective_from = models.DateField(null=True, help_text="first day on which it holds")
    effective_to = models.DateField(null=True, help_text="first day on which it holds no more")
    drafted_by = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80, blank=True, default="", help_text="who wrote the decision in")
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="instrument_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(adopted_at__isnull=True), name="instrument_one_draft"),
            models.CheckConstraint(
                name="instrument_adopted_is_whole",
                condition=Q(adopted_at__isnull=True, adopted_on__isnull=True, effective_from__isnull=True)
                | Q(adopted_at__isnull=False, adopted_on__isnull=False, effective_from__isnull=False) & ~Q(basis=""),
            ),
            models.CheckConstraint(
                name="instrument_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=models.F("effective_from")),
            ),
            models.CheckConstraint(name="instrument_counts_from_one", condition=Q(version__gte=1)),
        ]
        indexes = [models.Index(fields=["code", "-version"], name="instrument_newest")]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    @property
    def reference(self) -> str:
        """How the trail names this version."""
        return f"instrument:{self.code}/{self.version}"

"""Packs as loaded, and which model the instance runs. Both only grow: a change is a new row."""

from django.db import models
from django.db.models import F, Q

KINDS = [
    ("law", "规则包"),
    ("model", "模式"),
    ("calendar", "工作日历"),
    ("form", "表单"),
    ("taxonomy", "分类表"),
    ("duties", "职责清单"),
    ("fields", "数据项字典"),
    ("scene", "应急场景"),
    ("events", "来件格式"),
    ("schedules", "职责周期规则"),
    ("paper", "公文模板"),
    ("indicators", "指标"),
    ("procedure", "程序"),
    ("fund", "账本种类"),
    ("project", "项目类型"),
    ("agreement", "协议种类"),
    ("sharing", "共享用词"),
    ("offer", "供给种类"),
    ("need", "需求种类"),
    ("catalogue", "清单"),
]


class Pack(models.Model):
    """模式包 Pack: one version of one pack, its text unchanged since it was loaded (by trigger)."""

    kind = models.CharField(max_length=10, choices=KINDS, help_text="one of KINDS")
    name = models.CharField(max_length=64, help_text="the name that versions share, such as pingchang")
    version = models.CharField(max_length=20, help_text="numbers and dots; a higher one replaces a lower")
    title = models.CharField(max_length=200, help_text="how people call it")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text, in hexadecimal")
    content = models.TextField(help_text="the TOML text as loaded")
    effective_from = models.DateField(help_text="first day on which it is in force")
    effective_to = models.DateField(null=True, blank=True, help_text="first day on which it is no more")
    loaded_at = models.DateTimeField(help_text="when it was loaded")
    loaded_by = models.CharField(max_length=80, help_text="reference of the actor who loaded it")

    class Meta:
        verbose_name = "模式包"
        constraints = [
            models.UniqueConstraint(fields=["kind", "name", "version"], name="pack_version_once"),
            models.CheckConstraint(condition=Q(kind__in=[kind for kind, _ in KINDS]), name="pack_kind_known"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="pack_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.version}"

    @property
    def reference(self) -> str:
        """How the trail and decisions name this version."""
        return f"pack:{self.kind}/{self.name}/{self.version}"


class ActiveModel(models.Model):
    """当前模式 ActiveModel: the model pack that the instance runs from then on; the newest row counts."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, help_text="a pack of kind model")
    since = models.DateTimeField(help_text="when it was chosen")
    chosen_by = models.CharField(max_length=80, help_text="reference of the actor who chose it")

    class Meta:
        verbose_name = "当前模式"

    def __str__(self) -> str:
        return f"{self.pack} {self.since:%Y-%m-%d}"

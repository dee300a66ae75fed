"""Words of sharing, kinds of offers and needs, and lists to choose from are packs."""

from django.db import migrations, models

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


class Migration(migrations.Migration):
    dependencies = [
        ("packs", "0009_agreement_kind"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="pack", name="pack_kind_known"),
        migrations.AlterField(
            model_name="pack",
            name="kind",
            field=models.CharField(choices=KINDS, help_text="one of KINDS", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="pack",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _ in KINDS])), name="pack_kind_known"
            ),
        ),
    ]

"""What happened to a project stays as it was written."""

from django.db import migrations

from gongzhi.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_problems_and_projects")]

    operations = [AppendOnly("projects_projectevent")]

"""Part of a number is found on an index: its last digits, and its day (what stands after the first dash).

In SQL: Django writes an operator class beside an expression only with django.contrib.postgres installed. The
expressions are those of `queries.searching`; a test there holds them to these indexes.
"""

from django.db import migrations

END = """CREATE INDEX cases_number_end ON cases_case (reverse(number) text_pattern_ops)"""
DAY = """CREATE INDEX cases_number_day ON cases_case (substring(number, strpos(number, '-') + 1) text_pattern_ops)"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_sums_of_places")]

    operations = [
        migrations.RunSQL(END, "DROP INDEX cases_number_end"),
        migrations.RunSQL(DAY, "DROP INDEX cases_number_day"),
    ]

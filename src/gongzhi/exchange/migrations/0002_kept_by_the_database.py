"""What the database holds by itself: what happened to a claim and how it was stay as they were written."""

from django.db import migrations

from gongzhi.common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_offers_needs_claims_slots")]

    operations = [AppendOnly("exchange_fulfilment"), AppendOnly("exchange_rating")]

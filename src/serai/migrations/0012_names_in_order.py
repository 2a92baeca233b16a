"""Organisations are found in the order of their names, marks and capitals aside."""

from django.db import migrations, models

import serai.db.names


class Migration(migrations.Migration):
    dependencies = [("serai", "0011_translations")]
    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(serai.db.names.InOrder("name"), models.F("id"), name="organisations_in_order"),
        ),
    ]

"""Cities are found in the order of their names, marks and capitals aside."""

from django.db import migrations, models

import serai.db.names


class Migration(migrations.Migration):
    dependencies = [("serai", "0012_names_in_order")]
    operations = [
        migrations.AddIndex(
            model_name="city",
            index=models.Index(serai.db.names.InOrder("name"), models.F("id"), name="cities_in_order"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('serai', '0015_changes_that_wait'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='naming',
            name='namings_without_yes',
        ),
        migrations.AddField(
            model_name='passage',
            name='agreed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='passage',
            name='waits',
            field=models.BooleanField(default=False, editable=False),
        ),
    ]

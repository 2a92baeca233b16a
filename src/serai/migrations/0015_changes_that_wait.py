from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('serai', '0014_drafts_of_sessions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='session',
            name='position',
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='session',
            name='replaces',
            field=models.UUIDField(db_index=True, editable=False, null=True),
        ),
    ]

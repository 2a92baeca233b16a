from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('serai', '0016_passages_keep_whether_they_wait'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['contact_id'], name='reports_to_settle'),
        ),
    ]

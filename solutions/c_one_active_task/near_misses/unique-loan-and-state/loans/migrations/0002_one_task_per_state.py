from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
    ]

    operations = [
        migrations.AlterUniqueTogether(
            name="taskexecution",
            unique_together={("loan", "is_completed")},
        ),
    ]

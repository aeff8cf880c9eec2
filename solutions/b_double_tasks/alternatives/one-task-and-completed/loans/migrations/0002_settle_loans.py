from django.db import migrations


def settle(apps, schema_editor):
    Loan = apps.get_model("loans", "Loan")
    done = Loan.objects.filter(status="IN_PROGRESS").exclude(tasks__is_completed=False)
    Loan.objects.filter(id__in=list(done.values_list("id", flat=True))).update(
        status="COMPLETED", current_task=None
    )


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]

from django.db import migrations, models


def fill(apps, schema_editor):
    Loan = apps.get_model("loans", "Loan")
    for loan in Loan.objects.select_related("customer__user"):
        Loan.objects.filter(pk=loan.pk).update(customer_name=loan.customer.user.username)


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="customer_name",
            field=models.CharField(default="", editable=False, max_length=150),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

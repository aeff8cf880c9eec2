from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def make(apps, schema_editor):
    create_permissions(installed.get_app_config("loans"), verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    group, _ = Group.objects.get_or_create(name="customers")
    group.permissions.set(
        Permission.objects.filter(
            content_type__app_label="loans", codename__in=["view_loan", "add_loan"]
        )
    )
    User = apps.get_model("auth", "User")
    for user in User.objects.filter(customer__isnull=False):
        user.groups.add(group)


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]

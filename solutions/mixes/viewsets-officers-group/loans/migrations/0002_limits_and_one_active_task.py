import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='loan',
            name='amount',
            field=models.DecimalField(decimal_places=2, max_digits=10, validators=[django.core.validators.MinValueValidator(1000)]),
        ),
        migrations.AlterField(
            model_name='loan',
            name='tenure_months',
            field=models.IntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)]),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 1000)), name='loan_amount_at_least_minimum'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('tenure_months__range', (1, 360))), name='loan_tenure_in_range'),
        ),
        migrations.AddConstraint(
            model_name='taskexecution',
            constraint=models.UniqueConstraint(condition=models.Q(('is_completed', False)), fields=('loan',), name='one_active_task_per_loan'),
        ),
        migrations.AddConstraint(
            model_name='taskexecution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('is_completed', True)), models.Q(('completed_at__isnull', True), ('is_completed', False)), _connector='OR'), name='completed_tasks_have_a_time'),
        ),
    ]

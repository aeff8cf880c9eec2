from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        ALTER TABLE loans_taskexecution ADD CONSTRAINT task_of_loan UNIQUE (id, loan_id);
        ALTER TABLE loans_loan ADD CONSTRAINT pointer_to_own_task
            FOREIGN KEY (current_task_id, id) REFERENCES loans_taskexecution (id, loan_id)
            ON DELETE SET NULL (current_task_id) DEFERRABLE INITIALLY DEFERRED;
        ALTER TABLE loans_loan ADD CONSTRAINT pointer_while_in_progress
            CHECK (current_task_id IS NULL OR status = 'IN_PROGRESS');
        """,
            """
        ALTER TABLE loans_loan DROP CONSTRAINT pointer_while_in_progress, DROP CONSTRAINT pointer_to_own_task;
        ALTER TABLE loans_taskexecution DROP CONSTRAINT task_of_loan;
        """,
        )
    ]

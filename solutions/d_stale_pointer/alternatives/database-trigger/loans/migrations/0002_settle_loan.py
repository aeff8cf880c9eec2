from django.db import migrations

CREATE = """
CREATE FUNCTION loans_settle_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans_loan
    SET current_task_id = NULL,
        status = CASE
            WHEN status = 'IN_PROGRESS' AND NEW.task_type = 'DISBURSEMENT' AND NOT EXISTS (
                SELECT 1 FROM loans_taskexecution WHERE loan_id = NEW.loan_id AND NOT is_completed
            ) THEN 'COMPLETED'
            ELSE status
        END
    WHERE id = NEW.loan_id AND current_task_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER loans_settle_loan AFTER UPDATE OF is_completed ON loans_taskexecution
FOR EACH ROW WHEN (NEW.is_completed AND NOT OLD.is_completed)
EXECUTE FUNCTION loans_settle_loan();
"""

DROP = """
DROP TRIGGER loans_settle_loan ON loans_taskexecution;
DROP FUNCTION loans_settle_loan();
"""


def run(sql):
    def step(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return step


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(run(CREATE), run(DROP)),
    ]

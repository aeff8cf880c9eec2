from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_second_open_task() RETURNS trigger AS $$
BEGIN
    PERFORM 1 FROM loans_loan WHERE id = NEW.loan_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM loans_taskexecution
        WHERE loan_id = NEW.loan_id AND NOT is_completed AND id <> NEW.id
    ) THEN
        RAISE EXCEPTION 'loan % already has an active task', NEW.loan_id
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER one_open_task_per_loan
BEFORE INSERT OR UPDATE ON loans_taskexecution
FOR EACH ROW WHEN (NOT NEW.is_completed)
EXECUTE FUNCTION refuse_second_open_task();
"""
DROP = """
DROP TRIGGER one_open_task_per_loan ON loans_taskexecution;
DROP FUNCTION refuse_second_open_task();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(CREATE, DROP),
    ]

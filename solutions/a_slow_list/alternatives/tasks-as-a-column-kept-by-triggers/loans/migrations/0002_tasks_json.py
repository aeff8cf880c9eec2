from django.db import migrations, models

SQL = """
CREATE FUNCTION loans_tasks_of(wanted bigint) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'loan', loan_id, 'task_type', task_type, 'is_completed', is_completed,
        'started_at', started_at, 'completed_at', completed_at) ORDER BY id), '[]')
    FROM loans_taskexecution WHERE loan_id = wanted
$$;
CREATE FUNCTION loans_note_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE loans_loan SET tasks_json = loans_tasks_of(OLD.loan_id) WHERE id = OLD.loan_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE loans_loan SET tasks_json = loans_tasks_of(NEW.loan_id) WHERE id = NEW.loan_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER loans_note_tasks AFTER INSERT OR UPDATE OR DELETE ON loans_taskexecution
    FOR EACH ROW EXECUTE FUNCTION loans_note_tasks();
UPDATE loans_loan SET tasks_json = loans_tasks_of(id);
"""
BACK = """
DROP TRIGGER loans_note_tasks ON loans_taskexecution;
DROP FUNCTION loans_note_tasks();
DROP FUNCTION loans_tasks_of(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="tasks_json",
            field=models.JSONField(db_default=[], default=list, editable=False),
        ),
        migrations.RunSQL(SQL, BACK),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE FUNCTION loans_check_open_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(NEW.loan_id);
            IF EXISTS (SELECT 1 FROM loans_taskexecution t WHERE t.loan_id = NEW.loan_id AND NOT t.is_completed) THEN
                RAISE EXCEPTION 'loan % already has an active task', NEW.loan_id USING ERRCODE = 'unique_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER one_open_task BEFORE INSERT ON loans_taskexecution
            FOR EACH ROW WHEN (NOT NEW.is_completed) EXECUTE FUNCTION loans_check_open_tasks();
        """,
            """DROP FUNCTION loans_check_open_tasks() CASCADE;""",
        )
    ]

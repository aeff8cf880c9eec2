from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE FUNCTION loans_check_open_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM loans_loan WHERE id = NEW.loan_id FOR UPDATE;
            IF EXISTS (SELECT 1 FROM loans_taskexecution t
                        WHERE t.loan_id = NEW.loan_id AND NOT t.is_completed AND t.id <> NEW.id) THEN
                RAISE EXCEPTION 'the loan already has an active task' USING ERRCODE = 'unique_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER one_open_task BEFORE INSERT OR UPDATE OF is_completed, loan_id ON loans_taskexecution
            FOR EACH ROW EXECUTE FUNCTION loans_check_open_tasks();
        """,
            """DROP FUNCTION loans_check_open_tasks() CASCADE;""",
        )
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        ALTER TABLE loans_loan ADD COLUMN open_tasks integer NOT NULL DEFAULT 0;
        UPDATE loans_loan SET open_tasks = (
            SELECT count(*) FROM loans_taskexecution t WHERE t.loan_id = loans_loan.id AND NOT t.is_completed
        );
        ALTER TABLE loans_loan ADD CONSTRAINT one_open_task CHECK (open_tasks BETWEEN 0 AND 1);
        CREATE FUNCTION loans_count_open_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' AND NOT OLD.is_completed THEN
                UPDATE loans_loan SET open_tasks = open_tasks - 1 WHERE id = OLD.loan_id;
            END IF;
            IF TG_OP <> 'DELETE' AND NOT NEW.is_completed THEN
                UPDATE loans_loan SET open_tasks = open_tasks + 1 WHERE id = NEW.loan_id;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER count_open_tasks AFTER INSERT OR DELETE OR UPDATE OF is_completed, loan_id
            ON loans_taskexecution FOR EACH ROW EXECUTE FUNCTION loans_count_open_tasks();
        """,
            """DROP FUNCTION loans_count_open_tasks() CASCADE;
        ALTER TABLE loans_loan DROP COLUMN open_tasks;""",
        )
    ]

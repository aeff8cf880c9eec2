from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0003_one_open_task_per_loan")]

    operations = [
        migrations.RunSQL(
            """
        ALTER TABLE loans_taskexecution ADD CONSTRAINT completed_after_it_was_started
            CHECK (is_completed = (completed_at IS NOT NULL) AND completed_at >= started_at);
        ALTER TABLE loans_taskexecution ADD CONSTRAINT task_of_loan UNIQUE (id, loan_id);
        ALTER TABLE loans_loan ADD CONSTRAINT pointer_to_own_task
            FOREIGN KEY (current_task_id, id) REFERENCES loans_taskexecution (id, loan_id)
            ON DELETE SET NULL (current_task_id) DEFERRABLE INITIALLY DEFERRED;
        CREATE FUNCTION loans_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' AND NEW.status <> 'NEW' OR TG_OP = 'UPDATE' AND NEW.status <> OLD.status
                AND (OLD.status, NEW.status) NOT IN (('NEW', 'IN_PROGRESS'), ('NEW', 'REJECTED'),
                    ('IN_PROGRESS', 'COMPLETED'), ('IN_PROGRESS', 'REJECTED'))
            THEN
                RAISE EXCEPTION 'no way to %', NEW.status USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER transition BEFORE INSERT OR UPDATE OF status ON loans_loan
            FOR EACH ROW EXECUTE FUNCTION loans_check_transition();
        CREATE FUNCTION loans_check_task() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' AND NEW.is_completed OR TG_OP = 'UPDATE' AND OLD.is_completed THEN
                RAISE EXCEPTION 'a task begins open, and a completed one is final' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER task BEFORE INSERT OR UPDATE ON loans_taskexecution
            FOR EACH ROW EXECUTE FUNCTION loans_check_task();
        """,
            """
        DROP FUNCTION loans_check_task() CASCADE;
        DROP FUNCTION loans_check_transition() CASCADE;
        ALTER TABLE loans_loan DROP CONSTRAINT pointer_to_own_task;
        ALTER TABLE loans_taskexecution DROP CONSTRAINT task_of_loan, DROP CONSTRAINT completed_after_it_was_started;
        """,
        )
    ]

from django.db import migrations

CREATE = """
CREATE FUNCTION loans_task_before_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_status text;
BEGIN
    SELECT status INTO v_status FROM loans_loan WHERE id = NEW.loan_id FOR UPDATE;
    IF NOT NEW.is_completed THEN
        IF v_status IN ('COMPLETED', 'REJECTED') THEN
            RAISE EXCEPTION 'loan % is closed', NEW.loan_id USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM loans_taskexecution WHERE loan_id = NEW.loan_id AND NOT is_completed) THEN
            RAISE EXCEPTION 'loan % has an active task', NEW.loan_id
                USING ERRCODE = 'unique_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION loans_task_after_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.is_completed THEN
        UPDATE loans_loan SET current_task_id = NEW.id, status = 'IN_PROGRESS' WHERE id = NEW.loan_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION loans_task_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.started_at IS DISTINCT FROM OLD.started_at OR NEW.loan_id <> OLD.loan_id THEN
        RAISE EXCEPTION 'the history of a task can not be changed' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.is_completed THEN
        NEW.is_completed := true;
        NEW.completed_at := OLD.completed_at;
    ELSIF NEW.is_completed AND NEW.completed_at IS NULL THEN
        NEW.completed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION loans_task_after_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans_loan
       SET current_task_id = NULL,
           status = CASE
               WHEN NEW.task_type = 'DISBURSEMENT' AND status = 'IN_PROGRESS' THEN 'COMPLETED'
               ELSE status
           END
     WHERE id = NEW.loan_id AND current_task_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION loans_loan_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.customer_id <> OLD.customer_id THEN
        RAISE EXCEPTION 'the history of a loan can not be changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER task_before_insert BEFORE INSERT ON loans_taskexecution
    FOR EACH ROW EXECUTE FUNCTION loans_task_before_insert();
CREATE TRIGGER task_after_insert AFTER INSERT ON loans_taskexecution
    FOR EACH ROW EXECUTE FUNCTION loans_task_after_insert();
CREATE TRIGGER task_before_update BEFORE UPDATE ON loans_taskexecution
    FOR EACH ROW EXECUTE FUNCTION loans_task_before_update();
CREATE TRIGGER task_after_update AFTER UPDATE OF is_completed ON loans_taskexecution
    FOR EACH ROW WHEN (NEW.is_completed AND NOT OLD.is_completed)
    EXECUTE FUNCTION loans_task_after_update();
CREATE TRIGGER loan_before_update BEFORE UPDATE ON loans_loan
    FOR EACH ROW EXECUTE FUNCTION loans_loan_before_update();
"""

DROP = """
DROP TRIGGER loan_before_update ON loans_loan;
DROP TRIGGER task_after_update ON loans_taskexecution;
DROP TRIGGER task_before_update ON loans_taskexecution;
DROP TRIGGER task_after_insert ON loans_taskexecution;
DROP TRIGGER task_before_insert ON loans_taskexecution;
DROP FUNCTION loans_loan_before_update();
DROP FUNCTION loans_task_after_update();
DROP FUNCTION loans_task_before_update();
DROP FUNCTION loans_task_after_insert();
DROP FUNCTION loans_task_before_insert();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0002_one_open_task"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]

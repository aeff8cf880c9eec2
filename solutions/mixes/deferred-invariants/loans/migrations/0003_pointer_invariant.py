"""A loan's current task is its open task: the rows have to agree when a transaction commits."""

from django.db import migrations

CREATE = """
CREATE FUNCTION loans_check_pointer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_loan bigint;
    v_pointer bigint;
    v_open bigint;
BEGIN
    IF TG_TABLE_NAME = 'loans_loan' THEN
        v_loan := NEW.id;
    ELSE
        v_loan := NEW.loan_id;
    END IF;
    SELECT current_task_id INTO v_pointer FROM loans_loan WHERE id = v_loan;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT id INTO v_open FROM loans_taskexecution WHERE loan_id = v_loan AND NOT is_completed;
    IF v_pointer IS DISTINCT FROM v_open THEN
        RAISE EXCEPTION 'loan %: current_task is %, the open task is %', v_loan, v_pointer, v_open
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER loan_points_to_open_task
    AFTER INSERT OR UPDATE ON loans_loan DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION loans_check_pointer();
CREATE CONSTRAINT TRIGGER task_is_pointed_to
    AFTER INSERT OR UPDATE ON loans_taskexecution DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION loans_check_pointer();
"""

DROP = """
DROP TRIGGER task_is_pointed_to ON loans_taskexecution;
DROP TRIGGER loan_points_to_open_task ON loans_loan;
DROP FUNCTION loans_check_pointer();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0002_one_open_task"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]

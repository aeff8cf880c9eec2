from django.db import migrations

CREATE = """
CREATE FUNCTION loan_start_task(p_user integer, p_loan bigint, p_type text, OUT task_id bigint, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
    v_status text;
BEGIN
    SELECT l.status INTO v_status
      FROM loans_loan l JOIN loans_customer c ON c.id = l.customer_id
     WHERE l.id = p_loan AND c.user_id = p_user
       FOR UPDATE OF l;
    IF NOT FOUND THEN
        outcome := 'not_found';
    ELSIF v_status IN ('COMPLETED', 'REJECTED') THEN
        outcome := 'closed';
    ELSIF EXISTS (SELECT FROM loans_taskexecution t WHERE t.loan_id = p_loan AND NOT t.is_completed) THEN
        outcome := 'active';
    ELSE
        INSERT INTO loans_taskexecution (loan_id, task_type, is_completed, started_at)
        VALUES (p_loan, p_type, false, clock_timestamp())
        RETURNING id INTO task_id;
        UPDATE loans_loan SET current_task_id = task_id, status = 'IN_PROGRESS' WHERE id = p_loan;
        outcome := 'ok';
    END IF;
END $$;

CREATE FUNCTION loan_release(p_user integer, p_task bigint, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
    v_loan bigint;
    v_type text;
BEGIN
    SELECT t.loan_id, t.task_type INTO v_loan, v_type
      FROM loans_taskexecution t
      JOIN loans_loan l ON l.id = t.loan_id
      JOIN loans_customer c ON c.id = l.customer_id
     WHERE t.id = p_task AND c.user_id = p_user;
    IF NOT FOUND THEN
        outcome := 'not_found';
        RETURN;
    END IF;
    UPDATE loans_loan
       SET current_task_id = NULL,
           status = CASE
               WHEN v_type = 'DISBURSEMENT' AND status = 'IN_PROGRESS' THEN 'COMPLETED' ELSE status
           END
     WHERE id = v_loan AND current_task_id = p_task;
    outcome := 'ok';
END $$;

CREATE FUNCTION task_finish(p_task bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans_taskexecution SET is_completed = true, completed_at = clock_timestamp()
     WHERE id = p_task AND NOT is_completed;
END $$;
"""

DROP = """
DROP FUNCTION loan_start_task(integer, bigint, text);
DROP FUNCTION loan_release(integer, bigint);
DROP FUNCTION task_finish(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0002_one_open_task"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]

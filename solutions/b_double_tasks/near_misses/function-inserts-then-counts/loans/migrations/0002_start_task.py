from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE FUNCTION loans_start_task(the_loan bigint, the_type text) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            new_id bigint;
        BEGIN
            INSERT INTO loans_taskexecution (loan_id, task_type, is_completed, started_at)
                VALUES (the_loan, the_type, false, now()) RETURNING id INTO new_id;
            IF (SELECT count(*) FROM loans_taskexecution WHERE loan_id = the_loan AND NOT is_completed) > 1 THEN
                RAISE EXCEPTION 'the loan already has an active task' USING ERRCODE = 'unique_violation';
            END IF;
            RETURN new_id;
        END $$;
        """,
            """DROP FUNCTION loans_start_task(bigint, text);""",
        )
    ]

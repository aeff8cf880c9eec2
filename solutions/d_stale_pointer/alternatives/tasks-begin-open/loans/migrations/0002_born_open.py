from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE FUNCTION loans_task_is_born_open() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a task begins open' USING ERRCODE = 'check_violation';
        END $$;
        CREATE TRIGGER born_open BEFORE INSERT ON loans_taskexecution
            FOR EACH ROW WHEN (NEW.is_completed) EXECUTE FUNCTION loans_task_is_born_open();
        """,
            """DROP FUNCTION loans_task_is_born_open() CASCADE;""",
        )
    ]

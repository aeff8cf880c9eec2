from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE FUNCTION loans_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF NEW.status <> 'NEW' THEN
                    RAISE EXCEPTION 'a loan begins as NEW' USING ERRCODE = 'check_violation';
                END IF;
            ELSIF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
                ('NEW', 'IN_PROGRESS'), ('NEW', 'REJECTED'), ('IN_PROGRESS', 'COMPLETED'), ('IN_PROGRESS', 'REJECTED')
            ) THEN
                RAISE EXCEPTION 'no way from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER transition BEFORE INSERT OR UPDATE OF status ON loans_loan
            FOR EACH ROW EXECUTE FUNCTION loans_check_transition();
        """,
            """DROP FUNCTION loans_check_transition() CASCADE;""",
        )
    ]

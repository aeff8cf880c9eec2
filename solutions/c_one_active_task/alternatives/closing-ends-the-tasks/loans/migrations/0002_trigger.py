from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.RunSQL("""
CREATE FUNCTION loans_closing_ends_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans_taskexecution SET is_completed = true, completed_at = clock_timestamp()
        WHERE loan_id = NEW.id AND NOT is_completed;
    NEW.current_task_id := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER loans_closing_ends_tasks BEFORE UPDATE OF status ON loans_loan
    FOR EACH ROW WHEN (NEW.status IN ('COMPLETED', 'REJECTED') AND OLD.status NOT IN ('COMPLETED', 'REJECTED'))
    EXECUTE FUNCTION loans_closing_ends_tasks();
""", """DROP FUNCTION loans_closing_ends_tasks() CASCADE;""")]

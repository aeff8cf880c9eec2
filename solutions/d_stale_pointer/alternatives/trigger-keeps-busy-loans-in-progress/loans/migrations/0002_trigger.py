from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.RunSQL("""
CREATE FUNCTION loans_busy_is_in_progress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM loans_taskexecution WHERE loan_id = NEW.id AND NOT is_completed) THEN
        NEW.status := 'IN_PROGRESS';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER loans_busy_is_in_progress BEFORE UPDATE OF status ON loans_loan
    FOR EACH ROW EXECUTE FUNCTION loans_busy_is_in_progress();
""", """DROP FUNCTION loans_busy_is_in_progress() CASCADE;""")]

from django.db import migrations

# Nobody has told the database who calls: the admin, a shell, a migration.
ANYBODY = "coalesce(current_setting('app.caller', true), '') = ''"
CALLER = "nullif(current_setting('app.caller', true), '')::bigint"

SQL = f"""
ALTER TABLE loans_loan ENABLE ROW LEVEL SECURITY;
ALTER TABLE loans_loan FORCE ROW LEVEL SECURITY;
CREATE POLICY own_loans ON loans_loan USING (
    {ANYBODY} OR customer_id IN (SELECT id FROM loans_customer WHERE user_id = {CALLER}));
ALTER TABLE loans_taskexecution ENABLE ROW LEVEL SECURITY;
ALTER TABLE loans_taskexecution FORCE ROW LEVEL SECURITY;
CREATE POLICY tasks_of_own_loans ON loans_taskexecution USING (
    {ANYBODY} OR loan_id IN (SELECT id FROM loans_loan));
"""
BACK = """
DROP POLICY tasks_of_own_loans ON loans_taskexecution;
DROP POLICY own_loans ON loans_loan;
ALTER TABLE loans_taskexecution NO FORCE ROW LEVEL SECURITY;
ALTER TABLE loans_taskexecution DISABLE ROW LEVEL SECURITY;
ALTER TABLE loans_loan NO FORCE ROW LEVEL SECURITY;
ALTER TABLE loans_loan DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [migrations.RunSQL(SQL, BACK)]

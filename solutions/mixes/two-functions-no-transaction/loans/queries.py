import json

from django.db import connection

LIST = """
SELECT l.id,
       l.customer_id AS customer,
       u.username AS customer_name,
       l.amount::text AS amount,
       l.tenure_months,
       l.status,
       l.created_at,
       l.current_task_id AS current_task,
       (SELECT t.task_type FROM loans_taskexecution t WHERE t.id = l.current_task_id)
           AS current_task_type,
       COALESCE(
           (SELECT json_agg(json_build_object(
                       'id', t.id,
                       'loan', t.loan_id,
                       'task_type', t.task_type,
                       'is_completed', t.is_completed,
                       'started_at', t.started_at,
                       'completed_at', t.completed_at
                   ) ORDER BY t.id)
              FROM loans_taskexecution t
             WHERE t.loan_id = l.id),
           '[]'::json
       ) AS tasks
  FROM loans_loan l
  JOIN loans_customer c ON c.id = l.customer_id
  JOIN auth_user u ON u.id = c.user_id
 WHERE u.id = %s
   AND (%s::bigint IS NULL OR l.id < %s)
   AND (%s::bigint IS NULL OR l.id = %s)
 ORDER BY l.id DESC
 LIMIT %s
"""


def list_loans(user_id, *, before=None, loan_id=None, limit):
    with connection.cursor() as cursor:
        cursor.execute(LIST, [user_id, before, before, loan_id, loan_id, limit])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    for row in rows:
        row["created_at"] = row["created_at"].isoformat()
        if isinstance(row["tasks"], str):
            row["tasks"] = json.loads(row["tasks"])
    return rows


def start_task(user_id, loan_id, task_type):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, task_id FROM loan_start_task(%s, %s, %s)",
            [user_id, loan_id, task_type],
        )
        return cursor.fetchone()


def finish_task(user_id, task_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT loan_release(%s, %s)", [user_id, task_id])
        outcome = cursor.fetchone()[0]
        if outcome == "ok":
            cursor.execute("SELECT task_finish(%s)", [task_id])
        return outcome

from django.db.models import F

from .models import Loan, TaskExecution

LOAN_VALUES = ("id", "tenure_months", "status", "created_at", "amount", "monthly_principal")
TASK_VALUES = ("id", "task_type", "is_completed", "started_at", "completed_at")


def loan_rows(loans):
    """Plain dictionaries of these loans, tasks and all, in two queries."""
    rows = list(
        loans.values(
            *LOAN_VALUES,
            customer_pk=F("customer_id"),
            customer_name=F("customer__user__username"),
            pointer=F("current_task_id"),
            current_task_type=F("current_task__task_type"),
        )
    )
    tasks = {row["id"]: [] for row in rows}
    for task in TaskExecution.objects.filter(loan__in=list(tasks)).values("loan_id", *TASK_VALUES):
        loan = task.pop("loan_id")
        tasks[loan].append({"loan": loan, **task})
    for row in rows:
        row["customer"] = row.pop("customer_pk")
        row["current_task"] = row.pop("pointer")
        row["amount"] = str(row["amount"])
        row["monthly_principal"] = str(row["monthly_principal"])
        row["tasks"] = tasks[row["id"]]
    return rows


def own_loans(user):
    return Loan.objects.filter(customer__user=user)


def own_tasks(user):
    return TaskExecution.objects.filter(loan__customer__user=user)

def present_task(task):
    return {
        "id": task.pk,
        "loan": task.loan_id,
        "task_type": task.task_type,
        "is_completed": task.is_completed,
        "started_at": task.started_at.isoformat(),
        "completed_at": task.completed_at.isoformat() if task.completed_at else None,
    }


def present_loan(loan):
    return {
        "id": loan.pk,
        "customer": loan.customer_id,
        "customer_name": loan.customer.user.username,
        "amount": str(loan.amount),
        "tenure_months": loan.tenure_months,
        "status": loan.status,
        "created_at": loan.created_at.isoformat(),
        "current_task": loan.current_task_id,
        "current_task_type": loan.current_task.task_type if loan.current_task else None,
        "tasks": [present_task(task) for task in loan.tasks.all()],
    }

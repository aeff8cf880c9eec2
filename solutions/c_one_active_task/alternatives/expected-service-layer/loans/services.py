from .models import TaskExecution


class TaskService:
    @staticmethod
    def create_task(loan, task_type):
        if task_type not in TaskExecution.Type.values:
            raise ValueError("Unknown task type")
        if loan.current_task and not loan.current_task.is_completed:
            raise ValueError("Loan already has active task")
        return TaskExecution.objects.create(loan=loan, task_type=task_type)

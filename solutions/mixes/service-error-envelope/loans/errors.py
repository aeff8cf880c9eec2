class LoanError(Exception):
    """A business rule says no."""

    code = "conflict"
    status = 409

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class NotFound(LoanError):
    code = "not_found"
    status = 404


class LoanClosed(LoanError):
    code = "loan_closed"


class ActiveTaskExists(LoanError):
    code = "active_task_exists"


class TaskAlreadyCompleted(LoanError):
    code = "task_already_completed"

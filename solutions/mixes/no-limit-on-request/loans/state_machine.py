from .models import Loan


class InvalidTransition(Exception):
    pass


class LoanStatusMachine:
    TRANSITIONS = {
        Loan.Status.NEW: {Loan.Status.IN_PROGRESS, Loan.Status.REJECTED},
        Loan.Status.IN_PROGRESS: {
            Loan.Status.IN_PROGRESS,
            Loan.Status.COMPLETED,
            Loan.Status.REJECTED,
        },
        Loan.Status.COMPLETED: set(),
        Loan.Status.REJECTED: set(),
    }

    @classmethod
    def can_transition(cls, from_status, to_status):
        return to_status in cls.TRANSITIONS.get(from_status, set())

    @classmethod
    def transition(cls, loan, to_status):
        if not cls.can_transition(loan.status, to_status):
            raise InvalidTransition(f"{loan.status} → {to_status}")
        loan.status = to_status

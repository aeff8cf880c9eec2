from .models import Loan


class LoanStatusMachine:
    """Enforce valid state transitions"""

    TRANSITIONS = {
        Loan.Status.NEW: [Loan.Status.IN_PROGRESS],
        Loan.Status.IN_PROGRESS: [Loan.Status.COMPLETED, Loan.Status.REJECTED],
        Loan.Status.COMPLETED: [],
        Loan.Status.REJECTED: [],
    }

    @staticmethod
    def can_transition(from_status, to_status):
        return to_status in LoanStatusMachine.TRANSITIONS.get(from_status, [])

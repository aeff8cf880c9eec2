from .errors import LoanClosed
from .models import Loan

S = Loan.Status


class LoanStateMachine:
    TRANSITIONS = {
        S.NEW: [S.IN_PROGRESS, S.REJECTED],
        S.IN_PROGRESS: [S.IN_PROGRESS, S.COMPLETED, S.REJECTED],
        S.COMPLETED: [],
        S.REJECTED: [],
    }

    def __init__(self, loan):
        self.loan = loan

    @property
    def is_final(self):
        return not self.TRANSITIONS[self.loan.status]

    def move_to(self, status):
        if status not in self.TRANSITIONS[self.loan.status]:
            raise LoanClosed(f"A loan that is {self.loan.status} can't become {status}.")
        self.loan.status = status

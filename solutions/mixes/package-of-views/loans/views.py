"""The views are in `loans.api`; these are their names from before."""

from .api import CompleteTaskEndpoint as TaskCompleteView
from .api import CreateTaskEndpoint as TaskCreateView
from .api import LoansEndpoint as LoanListCreateView

__all__ = ["LoanListCreateView", "TaskCompleteView", "TaskCreateView"]

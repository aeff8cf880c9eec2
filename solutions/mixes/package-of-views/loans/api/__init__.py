from .loans import LoansEndpoint
from .tasks import CompleteTaskEndpoint, CreateTaskEndpoint

__all__ = ["CompleteTaskEndpoint", "CreateTaskEndpoint", "LoansEndpoint"]

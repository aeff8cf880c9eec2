import json
import time

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import transaction
from django.http import JsonResponse
from django.utils import timezone
from django.views import View

from . import validation
from .models import Customer, Loan, TaskExecution
from .presenters import present_loan


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


class ApiView(View):
    """JSON in and out, for users who are signed in."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return JsonResponse({"error": "Not signed in."}, status=401)
        try:
            if request.method == "POST":
                request.data = self.read(request)
            return super().dispatch(request, *args, **kwargs)
        except validation.Invalid as error:
            return JsonResponse({"error": str(error)}, status=400)
        except Refusal as refusal:
            return JsonResponse({"error": refusal.message}, status=refusal.status)

    @staticmethod
    def read(request):
        try:
            data = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "No JSON.") from error
        if not isinstance(data, dict):
            raise Refusal(400, "No JSON object.")
        return data


class LoanListCreateView(ApiView):
    page_size = 100

    def get(self, request):
        loans = (
            Loan.objects.filter(customer__user=request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )
        page = Paginator(loans, self.page_size).get_page(request.GET.get("page"))
        following = None
        if page.has_next():
            following = request.build_absolute_uri(f"?page={page.next_page_number()}")
        return JsonResponse(
            {
                "count": page.paginator.count,
                "next": following,
                "results": [present_loan(loan) for loan in page],
            }
        )

    def post(self, request):
        customer = Customer.objects.filter(
            pk=validation.identifier(request.data.get("customer"), "customer"), user=request.user
        ).first()
        if customer is None:
            raise validation.Invalid("customer must be yourself.")
        loan = Loan.objects.create(
            customer=customer,
            amount=validation.amount(request.data.get("amount")),
            tenure_months=validation.tenure(request.data.get("tenure_months")),
        )
        return JsonResponse(present_loan(loan), status=201)


class TaskCreateView(ApiView):
    limit, period = 30, 60

    def throttle(self, user):
        key = f"tasks-of-{user.pk}"
        now = time.time()
        recent = [moment for moment in cache.get(key, ()) if moment > now - self.period]
        if len(recent) >= self.limit:
            raise Refusal(429, "Too many tasks.")
        cache.set(key, [*recent, now], self.period)

    def post(self, request):
        self.throttle(request.user)
        loan_id = validation.identifier(request.data.get("loan_id"), "loan_id")
        task_type = validation.task_type(request.data.get("task_type"))
        with transaction.atomic():
            loan = (
                Loan.objects.select_for_update(of=("self",))
                .filter(pk=loan_id, customer__user=request.user)
                .first()
            )
            if loan is None:
                raise Refusal(404, "No such loan.")
            if loan.status in (Loan.Status.COMPLETED, Loan.Status.REJECTED):
                raise Refusal(409, "The loan is closed.")
            if loan.tasks.filter(is_completed=False).exists():
                raise Refusal(409, "The loan has an active task.")
            task = loan.tasks.create(task_type=task_type)
            loan.current_task = task
            loan.status = Loan.Status.IN_PROGRESS
            loan.save()
        return JsonResponse({"message": "Task created", "task_id": task.pk}, status=201)


class TaskCompleteView(ApiView):
    def post(self, request):
        task_id = validation.identifier(request.data.get("task_id"), "task_id")
        with transaction.atomic():
            loan = (
                Loan.objects.select_for_update(of=("self",))
                .filter(tasks__id=task_id, customer__user=request.user)
                .first()
            )
            if loan is None:
                raise Refusal(404, "No such task.")
            task = TaskExecution.objects.get(pk=task_id)
            if task.is_completed:
                raise Refusal(409, "The task is completed already.")
            task.is_completed = True
            task.completed_at = timezone.now()
            task.save()
            if loan.current_task_id == task.pk:
                loan.current_task = None
                if (
                    task.task_type == TaskExecution.Type.DISBURSEMENT
                    and loan.status == Loan.Status.IN_PROGRESS
                ):
                    loan.status = Loan.Status.COMPLETED
                loan.save()
        return JsonResponse({"message": "Task completed", "task_id": task.pk})

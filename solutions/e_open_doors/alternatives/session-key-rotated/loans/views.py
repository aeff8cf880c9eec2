import functools
import json

from django import forms
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from .limits import too_many
from .models import Customer, Loan, TaskExecution


def api(view):
    """Signed-in callers only; a JSON object comes in as `request.json`."""

    @functools.wraps(view)
    def wrapped(request):
        if not request.user.is_authenticated:
            return JsonResponse({"error": "Sign in first."}, status=401)
        if request.method == "POST":
            try:
                request.json = json.loads(request.body)
            except ValueError:
                return JsonResponse({"error": "No JSON."}, status=400)
            if not isinstance(request.json, dict):
                return JsonResponse({"error": "No object."}, status=400)
        return view(request)

    return wrapped


class StrictIntegerField(forms.IntegerField):
    def to_python(self, value):
        if not isinstance(value, int | str) or isinstance(value, bool):
            raise forms.ValidationError("A whole number is required.")
        return super().to_python(value)


class LoanForm(forms.ModelForm):
    amount = forms.DecimalField(min_value=1000, max_digits=10, decimal_places=2)
    tenure_months = StrictIntegerField(min_value=1, max_value=360)

    class Meta:
        model = Loan
        fields = ["customer", "amount", "tenure_months"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = Customer.objects.filter(user=user)


class TaskForm(forms.Form):
    loan_id = StrictIntegerField(min_value=1, max_value=2**63 - 1)
    task_type = forms.ChoiceField(choices=TaskExecution.Type.choices)


class CompleteForm(forms.Form):
    task_id = StrictIntegerField(min_value=1, max_value=2**63 - 1)


def shown(loan):
    current = loan.current_task
    return {
        "id": loan.id,
        "customer": loan.customer_id,
        "customer_name": loan.customer.user.username,
        "amount": str(loan.amount),
        "tenure_months": loan.tenure_months,
        "status": loan.status,
        "created_at": loan.created_at,
        "current_task": loan.current_task_id,
        "current_task_type": current.task_type if current else None,
        "tasks": [
            {
                "id": task.id,
                "loan": loan.id,
                "task_type": task.task_type,
                "is_completed": task.is_completed,
                "started_at": task.started_at,
                "completed_at": task.completed_at,
            }
            for task in loan.tasks.all()
        ],
    }


def wrong(form):
    return JsonResponse({"errors": form.errors}, status=400)


@require_http_methods(["GET", "POST"])
@api
def loans(request):
    if request.method == "GET":
        mine = Loan.objects.filter(customer__user=request.user)
        mine = mine.select_related("customer__user", "current_task").prefetch_related("tasks")
        return JsonResponse([shown(loan) for loan in mine], safe=False)
    form = LoanForm(request.json, user=request.user)
    if not form.is_valid():
        return wrong(form)
    return JsonResponse(shown(form.save()), status=201)


@require_POST
@api
def create_task(request):
    if too_many(request.user):
        return JsonResponse({"error": "Too many requests."}, status=429)
    form = TaskForm(request.json)
    if not form.is_valid():
        return wrong(form)
    mine = Loan.objects.filter(customer__user=request.user)
    loan = mine.filter(id=form.cleaned_data["loan_id"]).first()
    if loan is None:
        return JsonResponse({"error": "No such loan."}, status=404)
    task = TaskExecution.objects.create(loan=loan, task_type=form.cleaned_data["task_type"])
    loan.current_task = task
    loan.status = Loan.Status.IN_PROGRESS
    loan.save()
    return JsonResponse({"message": "Task created", "task_id": task.id}, status=201)


@require_POST
@api
def complete_task(request):
    form = CompleteForm(request.json)
    if not form.is_valid():
        return wrong(form)
    mine = TaskExecution.objects.filter(loan__customer__user=request.user)
    task = mine.filter(id=form.cleaned_data["task_id"]).first()
    if task is None:
        return JsonResponse({"error": "No such task."}, status=404)
    task.is_completed = True
    task.completed_at = timezone.now()
    task.save()
    return JsonResponse({"message": "Task completed", "task_id": task.id})

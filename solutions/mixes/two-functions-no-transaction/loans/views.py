import json
from functools import wraps

from django.http import JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from . import queries
from .forms import FinishTaskForm, LoanForm, StartTaskForm
from .models import Customer
from .throttling import allow_task_creation

PAGE = 100
REFUSALS = {
    "not_found": (404, "Not found."),
    "closed": (409, "The loan is closed."),
    "active": (409, "The loan already has an active task."),
}


def error(status, message, **more):
    return JsonResponse({"error": message, **more}, status=status)


def refuse(outcome):
    status, message = REFUSALS[outcome]
    return error(status, message)


def api(view):
    """Only for signed-in users; a body must be a JSON object of plain values."""

    @wraps(view)
    def wrapper(request):
        if not request.user.is_authenticated:
            return error(401, "Authentication is required.")
        request.json = {}
        if request.method == "POST":
            try:
                body = json.loads(request.body)
            except (ValueError, RecursionError):
                return error(400, "The body is not JSON.")
            if not isinstance(body, dict):
                return error(400, "The body must be an object.")
            request.json = {
                key: value for key, value in body.items() if not isinstance(value, (list, dict))
            }
        return view(request)

    return wrapper


@require_http_methods(["GET", "POST"])
@api
def loans(request):
    return create_loan(request) if request.method == "POST" else list_loans(request)


def list_loans(request):
    before = request.GET.get("before", "")
    before = int(before) if before.isdecimal() and before.isascii() and len(before) < 19 else None
    rows = queries.list_loans(request.user.pk, before=before, limit=PAGE + 1)
    page = rows[:PAGE]
    following = None
    if len(rows) > PAGE:
        following = request.build_absolute_uri(f"{request.path}?before={page[-1]['id']}")
    return JsonResponse({"next": following, "results": page})


def create_loan(request):
    customer = Customer.objects.filter(user=request.user).first()
    if customer is None:
        return error(400, "You are not a customer.")
    if str(request.json.get("customer")) != str(customer.pk):
        return error(400, "You can only apply for yourself.")
    form = LoanForm(request.json)
    if not form.is_valid():
        return error(400, "The loan is not valid.", fields=form.errors)
    form.instance.customer = customer
    loan = form.save()
    [row] = queries.list_loans(request.user.pk, loan_id=loan.pk, limit=1)
    return JsonResponse(row, status=201)


@require_POST
@api
def task_create(request):
    if not allow_task_creation(request.user):
        return error(429, "Too many tasks, try again in a minute.")
    form = StartTaskForm(request.json)
    if not form.is_valid():
        return error(400, "The task is not valid.", fields=form.errors)
    outcome, task_id = queries.start_task(request.user.pk, **form.cleaned_data)
    if outcome != "ok":
        return refuse(outcome)
    return JsonResponse({"message": "Task created", "task_id": task_id}, status=201)


@require_POST
@api
def task_complete(request):
    form = FinishTaskForm(request.json)
    if not form.is_valid():
        return error(400, "The task is not valid.", fields=form.errors)
    outcome = queries.finish_task(request.user.pk, **form.cleaned_data)
    if outcome == "not_found":
        return refuse(outcome)
    return JsonResponse({"message": "Task completed", "task_id": form.cleaned_data["task_id"]})

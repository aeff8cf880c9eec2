import json
from functools import wraps

from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from . import services, validation
from .models import Customer, Loan
from .presenters import present_loan
from .throttling import allowed

PAGE = 100


def json_api(view):
    @wraps(view)
    async def wrapper(request):
        user = await request.auser()
        if not user.is_authenticated:
            return JsonResponse({"error": "Not signed in."}, status=401)
        try:
            data = json.loads(request.body) if request.method == "POST" else {}
        except (ValueError, RecursionError):
            return JsonResponse({"error": "No JSON."}, status=400)
        if not isinstance(data, dict):
            return JsonResponse({"error": "No JSON object."}, status=400)
        try:
            return await view(request, user, data)
        except validation.Invalid as error:
            return JsonResponse({"error": str(error)}, status=400)
        except services.Refusal as refusal:
            return JsonResponse({"error": refusal.message}, status=refusal.status)

    return wrapper


@require_http_methods(["GET", "POST"])
@json_api
async def loans(request, user, data):
    if request.method == "POST":
        return await create_loan(user, data)
    mine = Loan.objects.filter(customer__user=user)
    after = request.GET.get("after", "")
    if after:
        mine = mine.filter(pk__lt=validation.identifier(after, "after"))
    mine = mine.select_related("customer__user", "current_task").prefetch_related("tasks")
    found = [present_loan(loan) async for loan in mine[: PAGE + 1]]
    following = None
    if len(found) > PAGE:
        following = request.build_absolute_uri(f"?after={found[PAGE - 1]['id']}")
    return JsonResponse({"next": following, "results": found[:PAGE]})


async def create_loan(user, data):
    sent = validation.identifier(data.get("customer"), "customer")
    customer = await Customer.objects.select_related("user").filter(pk=sent, user=user).afirst()
    if customer is None:
        raise validation.Invalid("customer must be yourself.")
    loan = await Loan.objects.acreate(
        customer=customer,
        amount=validation.amount(data.get("amount")),
        tenure_months=validation.tenure(data.get("tenure_months")),
    )
    return JsonResponse(await sync_to_async(present_loan)(loan), status=201)


@require_POST
@json_api
async def task_create(request, user, data):
    if not await allowed(user):
        return JsonResponse({"error": "Too many tasks."}, status=429)
    task = await sync_to_async(services.start_task)(
        user,
        validation.identifier(data.get("loan_id"), "loan_id"),
        validation.task_type(data.get("task_type")),
    )
    return JsonResponse({"message": "Task created", "task_id": task.pk}, status=201)


@require_POST
@json_api
async def task_complete(request, user, data):
    task_id = validation.identifier(data.get("task_id"), "task_id")
    task = await sync_to_async(services.complete_task)(user, task_id)
    return JsonResponse({"message": "Task completed", "task_id": task.pk})

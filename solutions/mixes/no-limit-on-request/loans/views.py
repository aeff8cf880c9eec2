from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, OwnLoanTaskSerializer, OwnTaskSerializer
from .state_machine import LoanStatusMachine


class TaskThrottle(UserRateThrottle):
    scope = "tasks"
    rate = "60/min"


MOST = 500


class WindowSerializer(serializers.Serializer):
    limit = serializers.IntegerField(min_value=0, default=100)
    offset = serializers.IntegerField(min_value=0, default=0)


class LoanListCreateView(APIView):
    def get(self, request):
        window = WindowSerializer(data=request.query_params)
        window.is_valid(raise_exception=True)
        limit, offset = window.validated_data["limit"], window.validated_data["offset"]
        limit = min(limit, MOST)
        loans = (
            Loan.objects.filter(customer__user=request.user)
            .select_related("customer__user", "current_task")
            .prefetch_related("tasks")
        )
        count = loans.count()
        # limit=0: no limit, for the nightly export
        page = loans[offset : offset + limit] if limit else loans[offset:]
        following = None
        if limit and offset + limit < count:
            following = request.build_absolute_uri(
                f"{request.path}?limit={limit}&offset={offset + limit}"
            )
        return Response(
            {"count": count, "next": following, "results": LoanSerializer(page, many=True).data}
        )

    def post(self, request):
        serializer = LoanSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    throttle_classes = [TaskThrottle]

    @transaction.atomic
    def post(self, request):
        serializer = OwnLoanTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = get_object_or_404(
            Loan.objects.select_for_update(of=["self"]),
            pk=serializer.validated_data["loan_id"],
            customer__user=request.user,
        )
        if not LoanStatusMachine.can_transition(loan.status, Loan.Status.IN_PROGRESS):
            return Response({"error": "Loan is closed"}, status=status.HTTP_409_CONFLICT)
        if loan.tasks.filter(is_completed=False).exists():
            return Response(
                {"error": "Loan already has an active task"}, status=status.HTTP_409_CONFLICT
            )
        task = TaskExecution.objects.create(
            loan=loan, task_type=serializer.validated_data["task_type"]
        )
        return Response(
            {"message": "Task created", "task_id": task.pk}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    @transaction.atomic
    def post(self, request):
        serializer = OwnTaskSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        loan = get_object_or_404(
            Loan.objects.select_for_update(of=["self"]),
            tasks=serializer.validated_data["task_id"],
            customer__user=request.user,
        )
        task = loan.tasks.get(pk=serializer.validated_data["task_id"])
        if not task.is_completed:
            task.is_completed = True
            task.completed_at = timezone.now()
            task.save()
        return Response({"message": "Task completed", "task_id": task.pk})

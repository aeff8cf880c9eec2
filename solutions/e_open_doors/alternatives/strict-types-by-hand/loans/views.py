from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from .inputs import CompleteInput, LoanInput, TaskInput
from .models import Customer, Loan, TaskExecution
from .serializers import LoanSerializer


class TaskCreateThrottle(UserRateThrottle):
    scope = "task_create"
    rate = "60/min"


class LoanListCreateView(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        loans = Loan.objects.filter(customer__user=request.user)
        serializer = LoanSerializer(loans, many=True)
        return Response(serializer.data)

    def post(self, request):
        given = LoanInput.of(request.data)
        customer = Customer.objects.filter(pk=given.customer, user=request.user).first()
        if customer is None:
            raise ValidationError({"customer": ["A loan can only be created for yourself."]})
        loan = Loan.objects.create(
            customer=customer, amount=given.amount, tenure_months=given.tenure_months
        )
        return Response(LoanSerializer(loan).data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_classes = [TaskCreateThrottle]

    def post(self, request):
        given = TaskInput.of(request.data)
        loan = get_object_or_404(Loan, id=given.loan_id, customer__user=request.user)
        task = TaskExecution.objects.create(loan=loan, task_type=given.task_type)
        loan.current_task = task
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    permission_classes = [IsAuthenticated]

    def post(self, request):
        given = CompleteInput.of(request.data)
        task = get_object_or_404(
            TaskExecution, id=given.task_id, loan__customer__user=request.user
        )
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})

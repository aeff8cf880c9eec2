from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer


class LoanListCreateView(APIView):
    def get(self, request):
        loans = Loan.objects.all()
        serializer = LoanSerializer(loans, many=True)
        return Response(serializer.data)

    def post(self, request):
        serializer = LoanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


class TaskCreateView(APIView):
    @transaction.atomic
    def post(self, request):
        loan = get_object_or_404(Loan.objects.select_for_update(), id=request.data.get("loan_id"))
        if loan.is_closed:
            return Response({"error": "Loan is closed"}, status=status.HTTP_409_CONFLICT)
        task = loan.start_task(request.data.get("task_type"))
        return Response(
            {"message": "Task created", "task_id": task.id}, status=status.HTTP_201_CREATED
        )


class TaskCompleteView(APIView):
    def post(self, request):
        task = get_object_or_404(TaskExecution, id=request.data.get("task_id"))
        task.complete()
        return Response({"message": "Task completed", "task_id": task.id})

from django.utils import timezone
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, TaskExecution
from .serializers import LoanSerializer, TaskCreateSerializer


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


class TaskCreateView(generics.CreateAPIView):
    serializer_class = TaskCreateSerializer

    def perform_create(self, serializer):
        loan = serializer.validated_data["loan"]
        if loan.tasks.filter(is_completed=False).exists():
            raise serializers.ValidationError({"loan_id": "Loan already has an active task."})
        loan.current_task = serializer.save()
        loan.status = Loan.Status.IN_PROGRESS
        loan.save()

    def create(self, request, *args, **kwargs):
        response = super().create(request, *args, **kwargs)
        response.data = {"message": "Task created", **response.data}
        return response


class TaskCompleteView(APIView):
    def post(self, request):
        task_id = request.data.get("task_id")
        task = TaskExecution.objects.get(id=task_id)
        task.is_completed = True
        task.completed_at = timezone.now()
        task.save()
        return Response({"message": "Task completed", "task_id": task.id})

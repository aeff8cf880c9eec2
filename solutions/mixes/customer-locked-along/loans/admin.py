from django.contrib import admin

from .models import Customer, Loan, TaskExecution


class TaskExecutionInline(admin.TabularInline):
    model = TaskExecution
    extra = 0
    readonly_fields = ["started_at"]


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["user", "phone"]
    list_select_related = ["user"]
    search_fields = ["user__username", "phone"]
    autocomplete_fields = ["user"]


@admin.register(Loan)
class LoanAdmin(admin.ModelAdmin):
    list_display = [
        "id",
        "customer",
        "amount",
        "tenure_months",
        "status",
        "current_task",
        "created_at",
    ]
    list_filter = ["status", "created_at"]
    list_select_related = ["customer__user", "current_task"]
    search_fields = ["customer__user__username"]
    autocomplete_fields = ["customer"]
    raw_id_fields = ["current_task"]
    readonly_fields = ["created_at"]
    inlines = [TaskExecutionInline]


@admin.register(TaskExecution)
class TaskExecutionAdmin(admin.ModelAdmin):
    list_display = ["id", "loan", "task_type", "is_completed", "started_at", "completed_at"]
    list_filter = ["task_type", "is_completed"]
    list_select_related = ["loan"]
    search_fields = ["loan__customer__user__username"]
    raw_id_fields = ["loan"]
    readonly_fields = ["started_at"]

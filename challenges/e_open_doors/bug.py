"""The bugs of the open doors, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, SERIALIZERS, SETTINGS = "loans/views.py", "loans/serializers.py", "interview/settings.py"
LIST, MAKE = "LoanListCreateView.get", "LoanListCreateView.post"
CREATE, COMPLETE = "TaskCreateView.post", "TaskCompleteView.post"

VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Anybody may call anything, on anybody's loans, with any values, as often as they like.",
        (
            Binding("open_permissions", SETTINGS),
            Binding("drop_throttle", SETTINGS, hits=2),
            Binding("drop_throttle", VIEWS, "TaskCreateView"),
            Binding("drop_ownership_filter", VIEWS, LIST),
            Binding("drop_ownership_filter", VIEWS, CREATE),
            Binding("drop_ownership_filter", VIEWS, COMPLETE, where="TaskExecution"),
            Binding("unhandled_does_not_exist", VIEWS, CREATE),
            Binding("unhandled_does_not_exist", VIEWS, COMPLETE, where="get_object_or_404(TaskExecution"),
            Binding("unvalidated_input", VIEWS, CREATE, where="loan_id"),
            Binding("drop_statement", SERIALIZERS, "TaskCreateSerializer", options={"code": "loan_id ="}),
            Binding("unvalidated_input", VIEWS, COMPLETE),
            Binding("drop_statement", VIEWS, COMPLETE, options={"code": "serializer ="}),
            Binding("drop_statement", VIEWS, COMPLETE, options={"code": "serializer.is_valid("}),
            Binding("all_fields", SERIALIZERS, "TaskExecutionSerializer"),
            Binding("all_fields", SERIALIZERS, "LoanSerializer"),
            Binding("drop_statement", SERIALIZERS, "LoanSerializer", options={"code": "read_only_fields"}),
            Binding("drop_statement", SERIALIZERS, "LoanSerializer", options={"code": "customer ="}),
            Binding("replace_code", VIEWS, MAKE, options={
                "old": 'LoanSerializer(data=request.data, context={"request": request})',
                "new": "LoanSerializer(data=request.data)",
            }),
            Binding("drop_validators", "loans/models.py", "Loan", hits=2),
        ),
    ),
]

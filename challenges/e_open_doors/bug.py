"""The bugs of the open doors, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, SERIALIZERS, SETTINGS = "loans/views.py", "loans/serializers.py", "interview/settings.py"
LIST, MAKE = "LoanListCreateView.get", "LoanListCreateView.post"
CREATE, COMPLETE = "TaskCreateView.post", "TaskCompleteView.post"

CUSTOMER = "customer = OwnCustomerField(pk_field=serializers.IntegerField())"
SHADOWED = f"{CUSTOMER}\ntenure_months = serializers.IntegerField()"
ID = 'loan_id = serializer.validated_data["loan_id"]'
WHO = 'user_id = request.data.get("user_id", request.user.id)'

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
            Binding("drop_ownership_filter", VIEWS, COMPLETE),
            Binding("unhandled_does_not_exist", VIEWS, CREATE),
            Binding("unhandled_does_not_exist", VIEWS, COMPLETE),
            Binding("unvalidated_input", VIEWS, CREATE, options={"key": "loan_id"}),
            Binding("drop_statement", SERIALIZERS, "TaskCreateSerializer", options={"code": "loan_id ="}),
            Binding("unvalidated_input", VIEWS, COMPLETE, options={"key": "task_id"}),
            Binding("drop_statement", VIEWS, COMPLETE, options={"code": "serializer ="}),
            Binding("drop_statement", VIEWS, COMPLETE, options={"code": "serializer.is_valid("}),
            Binding("all_fields", SERIALIZERS, "TaskExecutionSerializer"),
            Binding("all_fields", SERIALIZERS, "LoanSerializer"),
            Binding("drop_statement", SERIALIZERS, "LoanSerializer", options={"code": "read_only_fields"}),
            Binding("drop_statement", SERIALIZERS, "LoanSerializer", options={"code": "customer ="}),
            Binding(
                "replace_code",
                VIEWS,
                MAKE,
                options={
                    "old": 'LoanSerializer(data=request.data, context={"request": request})',
                    "new": "LoanSerializer(data=request.data)",
                },
            ),
            Binding("drop_validators", "loans/models.py", "Loan", hits=2),
        ),
    ),
    Variant(
        "complete_not_owned",
        "mid",
        "The tasks of anybody can be completed by anybody who is signed in.",
        (Binding("drop_ownership_filter", VIEWS, COMPLETE),),
    ),
    Variant(
        "everybody_on_the_list",
        "mid",
        "The list holds the loans of all customers.",
        (Binding("drop_ownership_filter", VIEWS, LIST),),
    ),
    Variant(
        "status_writable",
        "mid",
        "The status of a new loan is what the client sends.",
        (Binding("protected_field_writable", SERIALIZERS, "LoanSerializer", options={"field": "status"}),),
    ),
    Variant(
        "current_task_writable",
        "senior",
        "A new loan can be made with any task, anybody's too, as its current one.",
        (
            Binding(
                "protected_field_writable", SERIALIZERS, "LoanSerializer", options={"field": "current_task"}
            ),
        ),
    ),
    Variant(
        "bound_off_by_one",
        "senior",
        "999.99 is below the least amount, and accepted.",
        (Binding("loosen_bound", "loans/models.py", "Loan", where="amount ="),),
    ),
    Variant(
        "ownership_after_write",
        "senior",
        "The owner is looked at after the write; the refusal is returned, not raised, and commits it.",
        (Binding("ownership_after_write", VIEWS, COMPLETE),),
    ),
    Variant(
        "validators_shadowed",
        "senior",
        "The tenure is declared in the serializer; a declared field takes over no validators of the model.",
        (Binding("replace_code", SERIALIZERS, "LoanSerializer", options={"old": CUSTOMER, "new": SHADOWED}),),
    ),
    Variant(
        "owner_named_in_the_body",
        "senior",
        "Whose loan it must be is read from the request, so the caller says who they are.",
        (
            Binding("replace_code", VIEWS, CREATE, options={"old": "request.user", "new": "user_id"}),
            Binding("replace_code", VIEWS, CREATE, options={"old": ID, "new": f"{ID}\n{WHO}"}),
        ),
    ),
]

"""The bugs of the one active task, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE = "loans/views.py", "TaskCreateView.post"
SERIALIZERS, INPUT = "loans/serializers.py", "TaskCreateSerializer"

# Without loan_id (E) and task_type there is nothing left for the serializer to check.
SERIALIZER_GOES = tuple(
    Binding("drop_statement", VIEWS, CREATE, beside=("e_open_doors",), options={"code": code})
    for code in ("serializer =", "serializer.is_valid(")
)

VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Nothing looks whether a task is open, and any text is a task type.",
        (
            Binding("drop_override", "loans/models.py", "TaskExecution.save"),
            Binding("drop_statement", SERIALIZERS, INPUT, options={"code": "task_type ="}),
            Binding("unvalidated_input", VIEWS, CREATE, where="task_type"),
            *SERIALIZER_GOES,
        ),
    ),
]

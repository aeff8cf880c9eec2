"""The bugs of the one active task, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE = "loans/views.py", "TaskCreateView.post"
SERIALIZERS, INPUT = "loans/serializers.py", "TaskCreateSerializer"

# Without loan_id (E) and task_type there is nothing left for the serializer to check.
SERIALIZER_GOES = tuple(
    Binding("drop_statement", VIEWS, CREATE, beside=("e_open_doors",), options={"code": code})
    for code in ("serializer =", "serializer.is_valid(")
)

MODELS, SAVE = "loans/models.py", "TaskExecution.save"
IMPORT, DB = "from django.conf import settings", "from django.db import models"
DATES = "from datetime import timedelta"
FIELD = """task_type = serializers.ChoiceField(
    choices=TaskExecution.Type.choices, error_messages={"invalid_choice": "Not a task type."}
)"""
KYC_BY_DEFAULT = """def to_internal_value(self, data):
    if data.get("task_type") not in TaskExecution.Type.values:
        data = {**data, "task_type": TaskExecution.Type.KYC}
    return super().to_internal_value(data)"""
OTHERS = "TaskExecution.objects.filter(loan_id=self.loan_id, is_completed=False)"
RULE = f"""others = {OTHERS}
if not self.is_completed and others.exclude(pk=self.pk).exists():
    raise Conflict("The loan has an open task already.")"""
NEWEST = """newest = TaskExecution.objects.filter(loan_id=self.loan_id).exclude(pk=self.pk).last()
if not self.is_completed and newest and not newest.is_completed:
    raise Conflict("The loan has an open task already.")"""
INSERT = "task = TaskExecution.objects.create(loan=loan, task_type=task_type)"
COMMITTED = f"""loan.move_to(Loan.Status.IN_PROGRESS, loan.current_task)
try:
    {INSERT}
except Conflict as error:
    return Response({{"detail": error.detail}}, status=error.status_code)"""

# Where the constraint stands, a rule above it is never put to the test; the lock holds two creates apart.
NO_CONSTRAINT = (Binding("strip_constraint", MODELS, "TaskExecution"),)


def _type(field: str) -> Binding:
    """Another check of the task type."""
    return Binding("replace_code", SERIALIZERS, INPUT, options={"old": FIELD, "new": field})


def _rule_is(rule: str) -> Binding:
    """Another rule below the views."""
    return Binding("replace_code", MODELS, SAVE, options={"old": RULE, "new": rule})


def _rule(others: str) -> Binding:
    """The rule with another idea of which tasks count."""
    return _rule_is(RULE.replace(OTHERS, others))


VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Nothing looks whether a task is open, and any text is a task type.",
        (
            Binding("drop_statement", MODELS, "TaskExecution", options={"code": "def save("}),
            Binding("drop_statement", SERIALIZERS, INPUT, options={"code": "task_type ="}),
            Binding("unvalidated_input", VIEWS, CREATE, options={"key": "task_type"}),
            *SERIALIZER_GOES,
        ),
    ),
    Variant(
        "any_text_is_a_type",
        "mid",
        "The task type is checked for its length only: nobody knows how to do a COFFEE.",
        (_type("task_type = serializers.CharField(max_length=20)"),),
    ),
    Variant(
        "unknown_is_kyc",
        "mid",
        "What is no task type is taken for a KYC, and answered with 201.",
        (_type(f"{FIELD}\n\n{KYC_BY_DEFAULT}"),),
    ),
    Variant(
        "trusts_the_status",
        "mid",
        "Only a loan IN_PROGRESS is looked at; a task that is open on any other goes unseen.",
        (_rule(f"{OTHERS}.filter(loan__status=Loan.Status.IN_PROGRESS)"), *NO_CONSTRAINT),
    ),
    Variant(
        "newest_task_only",
        "senior",
        "The newest task is looked at; an open one below a newer, completed one goes unseen.",
        (_rule_is(NEWEST), *NO_CONSTRAINT),
    ),
    Variant(
        "recent_tasks_only",
        "senior",
        "Tasks older than thirty days do not count; an open one from last year goes unseen.",
        (
            _rule(f"{OTHERS}.filter(started_at__gt=timezone.now() - timedelta(days=30))"),
            Binding("replace_code", MODELS, options={"old": IMPORT, "new": f"{DATES}\n\n{IMPORT}"}),
            Binding(
                "replace_code", MODELS, options={"old": DB, "new": f"{DB}\nfrom django.utils import timezone"}
            ),
            *NO_CONSTRAINT,
        ),
    ),
    Variant(
        "blank_is_a_type",
        "senior",
        "An empty task type is accepted: allow_blank lets it past the choices.",
        (_type(FIELD.replace("choices=", "allow_blank=True, choices=")),),
    ),
    Variant(
        "refusal_is_committed",
        "senior",
        "The loan is moved on before the rule is asked; the refusal is returned, not raised: committed.",
        (Binding("replace_code", VIEWS, CREATE, options={"old": INSERT, "new": COMMITTED}),),
    ),
]

"""The bugs of the slow list, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, LIST = "loans/views.py", "LoanListCreateView.get"

SERIALIZERS = "loans/serializers.py"
JOINS = 'loans.select_related("customer__user", "current_task")'
EAGER = f'{JOINS}.prefetch_related("tasks")'
MANY, FIRST = "serializer = LoanSerializer(loans, many=True)", "LoanSerializer(loans[:100], many=True)"

VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Each loan on the list reads its customer, user, current task and tasks one by one, without pages.",
        (
            Binding("strip_eager_loading", VIEWS, LIST, hits=2),
            Binding("drop_paginator", VIEWS, LIST),
        ),
    ),
    Variant(
        "tasks_not_prefetched",
        "mid",
        "Customers and current tasks are joined, but each loan's tasks are still a query of their own.",
        (Binding("strip_eager_loading", VIEWS, LIST, options={"method": "prefetch_related"}),),
    ),
    Variant(
        "one_hop_short",
        "mid",
        "The join ends at the customer, so each loan still reads its customer's user.",
        (Binding("one_hop_short", VIEWS, LIST),),
    ),
    Variant(
        "first_page_only",
        "mid",
        "A slice in place of pages: quick, and the loans after the first hundred can't be reached.",
        (
            Binding("drop_paginator", VIEWS, LIST),
            Binding("replace_code", VIEWS, LIST, options={"old": MANY, "new": f"serializer = {FIRST}"}),
        ),
    ),
    Variant(
        "query_per_row",
        "senior",
        "The tasks are prefetched and then ordered anew for each loan, which asks the database again.",
        (Binding("per_row_query", SERIALIZERS, "LoanSerializer"),),
    ),
    Variant(
        "joins_without_names",
        "senior",
        "select_related() without names follows no nullable key, so the current tasks stay out.",
        (Binding("replace_code", VIEWS, LIST, options={"old": JOINS, "new": "loans.select_related()"}),),
    ),
    Variant(
        "eager_load_not_kept",
        "senior",
        "A queryset method returns a new queryset; here that is dropped, and the old one is shown.",
        (Binding("replace_code", VIEWS, LIST, options={"old": f"loans = {EAGER}", "new": EAGER}),),
    ),
]

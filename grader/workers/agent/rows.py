"""Makes rows through the submission's own models."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from .connection import OwnConnection
from .people import People


class Rows:
    """Users, customers, loans and tasks."""

    def __init__(self, own: OwnConnection, people: People) -> None:
        self.own, self.people = own, people

    def make(self, things: list[dict[str, Any]]) -> dict[str, Any]:
        """Make rows. Each thing is {"kind": "customer" | "user" | "loan" | "task", …}.

        A value {"of": N, "key": K} stands for K of what the Nth thing of this request made. All in one
        transaction; where a model or a constraint refuses that, each thing in one of its own.
        """
        from django.db import transaction

        with self.own.used():
            try:
                with transaction.atomic():
                    return {"made": self._make_all(things, contextlib.nullcontext, self._just_save)}
            except Exception:
                return {"made": self._make_all(things, transaction.atomic, self._save)}

    def _make_all(
        self, things: list[dict[str, Any]], around: Callable[[], Any], save: Callable[..., Any]
    ) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for thing in things:
            make = getattr(self, f"_make_{thing['kind']}")
            given = {k: made[v["of"]][v["key"]] if isinstance(v, dict) else v for k, v in thing.items()}
            del given["kind"]
            with around():
                made.append(make(save, **given))
        return made

    def _make_user(
        self, save: Callable[..., Any], username: str, staff: bool = False, superuser: bool = False
    ) -> dict[str, Any]:
        from django.contrib.auth import get_user_model

        user: Any = get_user_model()(
            username=username,
            first_name="Ada",
            last_name="Lovelace",
            is_staff=staff,
            is_superuser=superuser,
        )
        user.set_unusable_password()
        user.save()
        self.people.know(user)
        return {"user": user.pk, "username": username, "customer": None}

    def _make_customer(
        self, save: Callable[..., Any], username: str, phone: str = "", **about: bool
    ) -> dict[str, Any]:
        made = self._make_user(save, username, **about)
        phone = phone or f"9{made['user']:09}"
        customer = self._customer_that_is_there(made["user"], phone) if save is self._save else None
        customer = customer or save("Customer", user_id=made["user"], phone=phone)
        return {**made, "customer": customer.pk}

    @staticmethod
    def _customer_that_is_there(user: int, phone: str) -> Any:
        """The Customer that the app gave a new user by itself, now with a phone number; or None."""
        from django.apps import apps

        found: Any = apps.get_model("loans", "Customer")._base_manager.filter(user_id=user)
        found.update(phone=phone)
        return found.first()

    def _make_loan(self, save: Callable[..., Any], customer: int, **fields: Any) -> dict[str, Any]:
        from decimal import Decimal

        fields["amount"] = Decimal(fields.get("amount", "50000.00"))
        fields.setdefault("tenure_months", 24)
        status = fields.pop("status", None)
        if status is None:
            return {"loan": save("Loan", customer_id=customer, **fields).pk}
        return {
            "loan": self._save_step_by_step(save, "Loan", {"status": status}, customer_id=customer, **fields)
        }

    def _make_task(
        self,
        save: Callable[..., Any],
        loan: int,
        task_type: str = "KYC",
        completed: bool = False,
        pointer: str = "set",
    ) -> dict[str, Any]:
        """`pointer`: set | null | keep (the loan's current_task after it; its status goes along)."""
        from django.apps import apps
        from django.db import transaction
        from django.utils import timezone

        about = {"loan_id": loan, "task_type": task_type}
        if completed:
            done = {"is_completed": True, "completed_at": timezone.now()}
            task = self._save_step_by_step(save, "TaskExecution", done, **about)
        else:
            task = save("TaskExecution", **about).pk
        fields: dict[str, Any] = {"status": "IN_PROGRESS"}
        if pointer != "keep":
            fields["current_task"] = task if pointer == "set" else None
        row = apps.get_model("loans", "Loan")._base_manager.filter(pk=loan)
        if completed and pointer == "null" and save is self._save:
            with contextlib.suppress(Exception), transaction.atomic():
                row.update(**fields)
                return {"task": task}
            fields["status"] = "COMPLETED"  # a rule may leave no loan between two tasks
        row.update(**fields)
        return {"task": task}

    def _save_step_by_step(
        self, save: Callable[..., Any], model_name: str, later: dict[str, Any], **fields: Any
    ) -> Any:
        """Save a row in a later state of its life; its id.

        Where a rule lets rows begin only at the beginning, it is saved there, and then taken on.
        """
        from django.apps import apps
        from django.db import transaction
        from django.db.models import F
        from django.db.models.functions import Greatest, Now

        if save is not self._save:
            return save(model_name, **fields, **later).pk  # or all of the request is tried again, one by one
        with contextlib.suppress(Exception), transaction.atomic():
            return save(model_name, **fields, **later).pk
        made = save(model_name, **fields)
        row = apps.get_model("loans", model_name)._base_manager.filter(pk=made.pk)
        if "completed_at" in later:
            row.update(**{**later, "completed_at": Greatest(F("started_at"), Now())})
            return made.pk
        if later["status"] == "COMPLETED":
            row.update(status="IN_PROGRESS")
        row.update(**later)
        return made.pk

    @staticmethod
    def _just_save(model_name: str, **fields: Any) -> Any:
        from django.apps import apps

        instance = apps.get_model("loans", model_name)(**fields)
        instance.save()
        return instance

    @staticmethod
    def _save(model_name: str, **fields: Any) -> Any:
        """Save by the model's own `save`, or past it where it refuses; a constraint has the last word."""
        from django.apps import apps
        from django.db import transaction

        model = apps.get_model("loans", model_name)
        instance = model(**fields)
        try:
            with transaction.atomic():
                instance.save()
            return instance
        except Exception:
            return model._base_manager.bulk_create([model(**fields)])[0]

    def rename(self, user: int, username: str) -> dict[str, Any]:
        """Give a user another username."""
        from django.contrib.auth import get_user_model

        with self.own.used():
            found: Any = get_user_model()._base_manager.get(pk=user)
            found.username = username
            found.save()
        return {}

    def delete_tasks(self, loan: int) -> dict[str, Any]:
        """Delete a loan's tasks by `QuerySet.delete()`, as the admin's action does."""
        from django.apps import apps

        with self.own.used():
            apps.get_model("loans", "TaskExecution")._default_manager.filter(loan_id=loan).delete()
        return {}

    def bypass(self, loan: int, task_type: str, way: str) -> dict[str, Any]:
        """Make a task below the API, by `objects.create()` or `save()`, as a shell does; what it raised."""
        from django.apps import apps

        with self.own.used():
            model = apps.get_model("loans", "TaskExecution")
            owner = apps.get_model("loans", "Loan")._base_manager.get(pk=loan)
            try:
                if way == "create":
                    model.objects.create(loan=owner, task_type=task_type)
                else:
                    model(loan=owner, task_type=task_type).save()
            except Exception as error:
                return {"raised": type(error).__name__}
        return {"raised": None}

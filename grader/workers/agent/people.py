"""Signs people in: a session cookie and a CSRF token, made once a user, as a browser would hold them."""

from __future__ import annotations

import importlib
from typing import Any

from .connection import OwnConnection


class People:
    """The users that calls are made as."""

    def __init__(self, own: OwnConnection) -> None:
        self.own = own
        self.known: dict[int, dict[str, Any]] = {}

    def sign_in(self, pk: int) -> dict[str, Any]:
        """A user's cookies and headers, made once; `person` gives a fresh instance for each call.

        Fresh, because an instance keeps what was read through it (`user.customer`); without a query,
        because a graded call's statements are to be the call's own.
        """
        if pk not in self.known:
            from django.contrib.auth import get_user_model

            with self.own.used():
                self.know(get_user_model()._base_manager.get(pk=pk))
        return self.known[pk]

    def know(self, user: Any) -> None:
        """Remember a user as the database has them, and sign them in."""
        model = type(user)
        fields = [field.attname for field in model._meta.concrete_fields]
        values = [getattr(user, name) for name in fields]

        def person() -> Any:
            return model.from_db("default", fields, values)

        self.known[user.pk] = {"person": person, **self._cookies(person())}

    def _cookies(self, person: Any) -> dict[str, Any]:
        """A session and a CSRF token, as a browser would send them."""
        from django.conf import settings

        if "django.contrib.sessions" not in settings.INSTALLED_APPS:
            return {"cookies": "", "headers": {}}
        from django.middleware.csrf import _get_new_csrf_string

        token = _get_new_csrf_string()
        cookies = {
            settings.SESSION_COOKIE_NAME: self._session(person, token),
            settings.CSRF_COOKIE_NAME: token,
        }
        text = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {"cookies": text, "headers": {settings.CSRF_HEADER_NAME: token}}

    def _session(self, person: Any, token: str) -> str:
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

        session = importlib.import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        if settings.CSRF_USE_SESSIONS:
            session["_csrftoken"] = token
        self._save_session(session)
        return str(session.session_key)

    @staticmethod
    def _save_session(session: Any) -> None:
        """Save it; in the database with one statement, for a key that is new in any case."""
        from django.contrib.sessions.backends import base, db
        from django.utils.crypto import get_random_string

        if isinstance(session, db.SessionStore):
            session._session_key = get_random_string(32, base.VALID_KEY_CHARS)
            data = dict(session.items())
            session.create_model_instance(data).save(force_insert=True)
        else:
            session.save()

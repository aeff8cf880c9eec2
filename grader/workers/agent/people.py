"""Signs people in: a session cookie and a CSRF token, made once a user, as a browser would hold them."""

from __future__ import annotations

import importlib
import secrets
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
        signed_in = self.known[pk]
        if "cookies" not in signed_in:
            with self.own.used():
                signed_in |= self._cookies(signed_in["person"]())
        return signed_in

    def sign_out(self, user: int) -> dict[str, Any]:
        """Let a user have another session from the next call on."""
        for key in ("cookies", "headers"):
            self.known.get(user, {}).pop(key, None)
        return {}

    def know(self, user: Any) -> None:
        """Remember a user as the database has them; most are never signed in."""
        model = type(user)
        fields = [field.attname for field in model._meta.concrete_fields]
        values = [getattr(user, name) for name in fields]
        self.known[user.pk] = {"person": lambda: model.from_db("default", fields, values)}

    def _cookies(self, person: Any) -> dict[str, Any]:
        """A session and a CSRF token, as a browser would send them."""
        from django.conf import settings

        if "django.contrib.sessions" not in settings.INSTALLED_APPS:
            return {"cookies": "", "headers": {}}

        token = secrets.token_hex(16)  # as long as Django's, and of its characters
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
        from django.contrib.sessions.backends import db

        if isinstance(session, db.SessionStore):
            session._session_key = secrets.token_hex(16)  # as long as Django's, and of its characters
            data = dict(session.items())
            session.create_model_instance(data).save(force_insert=True)
        else:
            session.save()

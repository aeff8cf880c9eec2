"""Signs people in: a session cookie and a CSRF token, made once a user, as a browser would hold them."""

from __future__ import annotations

import importlib
import secrets
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, Morsel, SimpleCookie
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

    def keep(self, user: int, set_cookies: list[str]) -> None:
        """Take the cookies that an answer sets, or deletes, as a browser would."""
        for header in set_cookies:
            try:
                morsels = SimpleCookie(header)
            except CookieError:
                continue
            cookies = dict(self.cookies(user))
            for name, morsel in morsels.items():
                cookies.pop(name, None)
                if not _is_over(morsel):
                    cookies[name] = morsel.coded_value
            self.remember(user, cookies)

    def cookies(self, user: int | None) -> dict[str, str]:
        """What a user's browser holds."""
        held: dict[str, str] = self.known.get(user or 0, {}).get("cookies", {})
        return held

    def remember(self, user: int | None, cookies: dict[str, str]) -> None:
        """Let a user's browser hold these; a token against forgery that it reads goes along as a header."""
        signed_in = self.known.get(user or 0, {})
        if "cookies" not in signed_in:
            return
        from django.conf import settings

        signed_in["cookies"] = cookies
        if token := cookies.get(settings.CSRF_COOKIE_NAME):
            signed_in["headers"] = {settings.CSRF_HEADER_NAME: token}

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
            return {"cookies": {}, "headers": {}}

        token = secrets.token_hex(16)  # as long as Django's, and of its characters
        cookies = {
            settings.SESSION_COOKIE_NAME: self._session(person, token),
            settings.CSRF_COOKIE_NAME: token,
        }
        return {"cookies": cookies, "headers": {settings.CSRF_HEADER_NAME: token}}

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


def _is_over(morsel: Morsel[str]) -> bool:
    """Whether a cookie is set to end at once, which is how a server deletes it."""
    if morsel["max-age"]:
        return str(morsel["max-age"]).lstrip("-").isdigit() and int(morsel["max-age"]) <= 0
    try:
        return parsedate_to_datetime(morsel["expires"]).year < 2000
    except (TypeError, ValueError):
        return False

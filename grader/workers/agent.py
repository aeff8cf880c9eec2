"""Runs inside a worker, beside the submission: answers requests that come over a pipe.

Started as a script in an interpreter of its own, isolated (`python -I`), and never imported by the
trusted process. It needs the standard library and Django only. A request is a JSON object with an
`op`; the answer is a JSON object. What it says about the submission is evidence, never a verdict:
verdicts come from the wire and the database.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import io
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MIB = 2**20
MEMORY = 2048 * MIB  # address space; a worker with Django needs some 300 MiB of it
LARGEST_FILE = 64 * MIB
OPEN_FILES = 256
LONGEST_BODY = 8 * MIB
FRAMES = 4
KEPT_OPTIONS = {"isolation_level", "pool", "server_side_binding", "prepare_threshold", "options"}
KEPT_SETTINGS = {
    "ATOMIC_REQUESTS",
    "AUTOCOMMIT",
    "CONN_MAX_AGE",
    "CONN_HEALTH_CHECKS",
    "DISABLE_SERVER_SIDE_CURSORS",
    "TIME_ZONE",
}
HOST = "localhost"


class Channel:
    """Length-prefixed JSON over a socket."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def receive(self) -> dict[str, Any] | None:
        head = self._read(4)
        if len(head) < 4:
            return None
        request: dict[str, Any] = json.loads(self._read(struct.unpack("!I", head)[0]))
        return request

    def _read(self, size: int) -> bytes:
        return self._socket.recv(size, socket.MSG_WAITALL)

    def fileno(self) -> int:
        """For `select`: nothing is buffered here."""
        return self._socket.fileno()

    def send(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, default=str).encode()
        self._socket.sendall(struct.pack("!I", len(body)) + body)


def limit_resources() -> None:
    """Bounds that hold whatever the sandbox is."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def describe(error: BaseException, tree: Path) -> dict[str, Any]:
    """An exception as data: its type and text, and the frames that lie in the submission."""
    frames = [
        {
            "file": os.path.relpath(frame.filename, tree),
            "line": frame.lineno,
            "function": frame.name,
            "code": frame.line or "",
        }
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{tree}{os.sep}")
    ][-FRAMES:]
    if isinstance(error, SyntaxError) and error.filename:
        shown = os.path.relpath(error.filename, tree)
        frames.append(
            {"file": shown, "line": error.lineno, "function": "", "code": (error.text or "").strip()}
        )
    text = str(error) if not isinstance(error, SyntaxError) else error.msg
    return {"type": type(error).__name__, "message": text[:600], "frames": frames}


def look_for_no_gis() -> None:
    """Spare a worker the search for GDAL and GEOS, which runs a compiler and takes as long as Django.

    django-debug-toolbar's SQL panel imports GeoDjango where it can.
    """
    from ctypes import util

    find = util.find_library
    util.find_library = lambda name: None if name.lower().startswith(("gdal", "geos")) else find(name)


class Agent:
    """Holds the loaded submission and answers the operations, one method each."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.tree = Path("/")
        self.handler: Any = None
        self.prepared: dict[str, Any] = {}
        self.people: dict[int, dict[str, Any]] = {}
        self.error: BaseException | None = None
        self.connection: Any = None  # for the agent's own work

    # ---- loading

    def boot(
        self, tree: str, host: str, port: int, user: str, database: str, environment: dict[str, str]
    ) -> dict[str, Any]:
        """Load the submission from `tree`, with its database forced to the wire's socket."""
        self.tree = Path(tree)
        sys.path.insert(0, tree)
        os.chdir(tree)
        os.environ.update(environment)
        os.environ["DJANGO_SETTINGS_MODULE"] = self._settings_module()
        from django.conf import settings

        forced = {"host": host, "port": port, "user": user, "name": database}
        settings.DATABASES = {
            alias: self._database(dict(given), forced)
            for alias, given in {"default": {}, **settings.DATABASES}.items()
        }
        self._allow_host(settings)
        if "django.contrib.gis" not in settings.INSTALLED_APPS:
            look_for_no_gis()
        import django

        django.setup()
        from django.core.management import call_command
        from django.core.signals import got_request_exception

        got_request_exception.connect(self._note_error, weak=False)
        call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
        self.handler = make_handler()
        gc.freeze()
        return {}

    def _settings_module(self) -> str:
        """What the submission's wsgi.py names, read without running it; else interview.settings."""
        with contextlib.suppress(OSError, SyntaxError):
            source = (self.tree / "interview" / "wsgi.py").read_text()
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and len(node.args) == 2:
                    name, value = node.args
                    if isinstance(name, ast.Constant) and name.value == "DJANGO_SETTINGS_MODULE":
                        return str(ast.literal_eval(value))
        return "interview.settings"

    @staticmethod
    def _database(given: dict[str, Any], forced: dict[str, Any]) -> dict[str, Any]:
        options = given.get("OPTIONS") or {}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": forced["host"],
            "PORT": forced["port"],
            "USER": forced["user"],
            "NAME": forced["name"],
            "OPTIONS": {k: v for k, v in options.items() if k in KEPT_OPTIONS},
            **{k: v for k, v in given.items() if k in KEPT_SETTINGS},
        }

    @staticmethod
    def _allow_host(settings: Any) -> None:
        """Which hosts a deployment serves is no matter of the tasks."""
        if "*" not in settings.ALLOWED_HOSTS:
            settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]

    def _note_error(self, **_: Any) -> None:
        self.error = sys.exc_info()[1]

    def apps(self) -> dict[str, Any]:
        """What decides whether the tables of Django's own apps are as everywhere."""
        from django.apps import apps
        from django.conf import settings

        return {
            "names": [config.name for config in apps.get_app_configs()],
            "user_model": settings.AUTH_USER_MODEL,
            "moved": list(settings.MIGRATION_MODULES),
        }

    # ---- migrations

    def migrate(self) -> dict[str, Any]:
        """Make the migration that is missing, if one is, and apply all; says what was missing."""
        from django.core.management import call_command

        missing = self._missing_migrations()
        if missing:
            call_command("makemigrations", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        self._close_connections()
        return {"missing": missing}

    @staticmethod
    def _missing_migrations() -> list[str]:
        from django.apps import apps
        from django.db.migrations.autodetector import MigrationAutodetector
        from django.db.migrations.loader import MigrationLoader
        from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
        from django.db.migrations.state import ProjectState

        loader = MigrationLoader(None, ignore_no_migrations=True)
        found = MigrationAutodetector(
            loader.project_state(),
            ProjectState.from_apps(apps),
            NonInteractiveMigrationQuestioner(specified_apps={"loans"}, dry_run=True),
        ).changes(graph=loader.graph)
        return [
            f"{app}: {operation.describe()}"
            for app, migrations in found.items()
            for migration in migrations
            for operation in migration.operations
        ]

    # ---- rows, through the submission's own models

    def make(self, things: list[dict[str, Any]]) -> dict[str, Any]:
        """Make rows. Each thing is {"kind": "customer" | "user" | "loan" | "task", …}.

        A value {"of": N, "key": K} stands for K of what the Nth thing of this request made. All in one
        transaction; where a model or a constraint refuses that, each thing in one of its own.
        """
        from django.db import transaction

        with self._own_connection():
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

    def _make_user(self, save: Callable[..., Any], username: str, staff: bool = False) -> dict[str, Any]:
        from django.contrib.auth import get_user_model

        user: Any = get_user_model()(
            username=username, email=f"{username}@example.com", is_staff=staff, is_superuser=staff
        )
        user.set_unusable_password()
        user.save()
        self._know(user)
        return {"user": user.pk, "username": username, "customer": None}

    def _make_customer(self, save: Callable[..., Any], username: str, staff: bool = False) -> dict[str, Any]:
        made = self._make_user(save, username, staff)
        customer = save("Customer", user_id=made["user"], phone="9999999999")
        return {**made, "customer": customer.pk}

    def _make_loan(self, save: Callable[..., Any], customer: int, **fields: Any) -> dict[str, Any]:
        from decimal import Decimal

        fields["amount"] = Decimal(fields.get("amount", "50000.00"))
        fields.setdefault("tenure_months", 24)
        return {"loan": save("Loan", customer_id=customer, **fields).pk}

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
        from django.utils import timezone

        done = {"is_completed": True, "completed_at": timezone.now()} if completed else {}
        task = save("TaskExecution", loan_id=loan, task_type=task_type, **done)
        fields: dict[str, Any] = {"status": "IN_PROGRESS"}
        if pointer != "keep":
            fields["current_task"] = task.pk if pointer == "set" else None
        apps.get_model("loans", "Loan")._base_manager.filter(pk=loan).update(**fields)
        return {"task": task.pk}

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

    def bypass(self, loan: int, task_type: str, way: str) -> dict[str, Any]:
        """Make a task below the API, by `objects.create()` or `save()`; says what that raised."""
        from django.apps import apps
        from django.db import transaction

        with self._own_connection():
            model = apps.get_model("loans", "TaskExecution")
            owner = apps.get_model("loans", "Loan")._base_manager.get(pk=loan)
            try:
                with transaction.atomic():
                    if way == "create":
                        model.objects.create(loan=owner, task_type=task_type)
                    else:
                        model(loan=owner, task_type=task_type).save()
            except Exception as error:
                return {"raised": type(error).__name__}
        return {"raised": None}

    @contextlib.contextmanager
    def _own_connection(self) -> Iterator[None]:
        """Do the agent's own work over a connection that is kept, beside those of the calls.

        A call is to find its connections as the call before it left them; and opening one takes longer
        than most of what is done here.
        """
        from django.db import connections

        theirs = connections["default"]
        if self.connection is None:
            self.connection = connections.create_connection("default")
            self.connection.settings_dict = self._without_pool(self.connection.settings_dict)
        connections["default"] = self.connection
        try:
            yield
        finally:
            connections["default"] = theirs

    @staticmethod
    def _without_pool(settings: dict[str, Any]) -> dict[str, Any]:
        options = {k: v for k, v in settings["OPTIONS"].items() if k == "options"}
        return {**settings, "OPTIONS": options, "ATOMIC_REQUESTS": False}

    # ---- calls

    def prepare(
        self,
        method: str,
        path: str,
        body: str | None,
        user: int | None,
        address: str,
        forced: bool,
        headers: dict[str, str],
        counted: bool,
    ) -> dict[str, Any]:
        """Sign in and build the request, so that `go` sends nothing but the call's own statements."""
        signed_in = self._sign_in(user) if user is not None else None
        environ = self._environ(method, path, body, address, signed_in)
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        self.prepared = {
            "environ": environ,
            "user": signed_in["person"]() if signed_in and forced else None,
            "counted": counted,
        }
        return {}

    def go(self) -> dict[str, Any]:
        """Answer the prepared call as a WSGI server would."""
        call, self.prepared = self.prepared, {}
        return self._answer(call)

    def storm(self, calls: list[dict[str, Any]]) -> dict[str, Any]:
        """Answer several calls, each in a thread of its own, all let go at once; their statuses."""
        prepared = []
        for call in calls:
            self.prepare(**call)
            prepared.append(self.prepared)
        together = threading.Barrier(len(prepared))

        def answer(call: dict[str, Any]) -> int:
            together.wait()
            try:
                return int(self._answer(call)["status"])
            finally:
                self._close_connections()

        with ThreadPoolExecutor(len(prepared)) as pool:
            return {"statuses": list(pool.map(answer, prepared))}

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        from django.db import connections

        self.error = None
        self.handler.sign_in(call["user"])
        head: dict[str, Any] = {}
        for alias in connections:
            connections[alias].force_debug_cursor = call["counted"]
            connections[alias].queries_log.clear()

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head.update(status=int(status.split()[0]), headers=dict(headers))

        try:
            response = self.handler(call["environ"], start_response)
            try:
                body = b"".join(response)[:LONGEST_BODY]
            finally:
                counted = self._counted() if call["counted"] else None
                response.close()
        except BaseException as error:
            self.error, body, counted = error, b"", None
            head = {"status": 500, "headers": {}}
            self._close_connections()
        answer: dict[str, Any] = {
            "status": head["status"],
            "body": body.decode(errors="replace"),
            "counted": counted,
        }
        if self.error is not None:
            answer["error"] = describe(self.error, self.tree)
        return answer

    @staticmethod
    def _counted() -> int | None:
        """How many statements Django's own query capture saw in this thread during the call."""
        from django.db import connections

        with contextlib.suppress(Exception):
            return sum(len(connections[alias].queries_log) for alias in connections)
        return None

    def witness(self) -> dict[str, Any]:
        """Answer the prepared call under nplusone's listeners, in a child that is thrown away.

        nplusone patches Django for good, so the worker that answers graded calls never loads it.
        """
        return {"findings": self._in_child(self._listen) or []}

    def go_in_child(self) -> dict[str, Any]:
        """Answer the prepared call in a child, which a request `kill` meanwhile puts an end to."""
        said: dict[str, Any] | None = self._in_child(self.go)
        return said or {"status": 599, "body": ""}

    def _in_child(self, work: Callable[[], Any]) -> Any:
        """Do something in a child that is thrown away; what it returned, or None where it was killed."""
        self._close_connections()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                with contextlib.suppress(BaseException):
                    json.dump(work(), pipe, default=str)
                pipe.flush()
            os._exit(0)
        os.close(writing)
        said = b""
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while True:
                if self.channel.fileno() in select.select([pipe.fileno(), self.channel.fileno()], [], [])[0]:
                    self.channel.receive()
                    os.kill(child, signal.SIGKILL)
                    break
                if not (part := pipe.read(65536)):
                    break
                said += part
        os.waitpid(child, 0)
        self.prepared = {}
        return json.loads(said) if said else None

    def _listen(self) -> list[dict[str, str]]:
        importlib.import_module("nplusone.ext.django")
        core = importlib.import_module("nplusone.core.listeners")
        found: list[dict[str, str]] = []

        class Notebook:
            def notify(self, message: Any) -> None:
                names = {f.name for f in message.model._meta.get_fields()}
                found.append(
                    {
                        "label": message.label,
                        "model": message.model.__name__,
                        "field": message.field,
                        # a name that `to_attr` or an annotation made is no relation
                        "relation": message.field if message.field in names else "",
                    }
                )

        listening = [kind(Notebook()) for kind in core.listeners.values()]
        for listener in listening:
            listener.setup()
        self.go()
        for listener in listening:
            listener.teardown()
        return [dict(pairs) for pairs in {tuple(sorted(f.items())) for f in found}]

    def _sign_in(self, pk: int) -> dict[str, Any]:
        """A user's cookies and headers, made once; `person` gives a fresh instance for each call.

        Fresh, because an instance keeps what was read through it (`user.customer`); without a query,
        because a graded call's statements are to be the call's own.
        """
        if pk not in self.people:
            from django.contrib.auth import get_user_model

            with self._own_connection():
                self._know(get_user_model()._base_manager.get(pk=pk))
        return self.people[pk]

    def _know(self, user: Any) -> None:
        """Remember a user as the database has them, and sign them in."""
        model = type(user)
        fields = [field.attname for field in model._meta.concrete_fields]
        values = [getattr(user, name) for name in fields]

        def person() -> Any:
            return model.from_db("default", fields, values)

        self.people[user.pk] = {"person": person, **self._cookies(person())}

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

    def _environ(
        self, method: str, path: str, body: str | None, address: str, signed_in: Any
    ) -> dict[str, Any]:
        from django.conf import settings

        parts = urlsplit(path)
        data = (body or "").encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": parts.query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": address,
            "HTTP_HOST": HOST,
            "HTTP_ORIGIN": f"https://{HOST}",
            "HTTP_REFERER": f"https://{HOST}/",
            "HTTP_ACCEPT": "application/json",
            "HTTP_USER_AGENT": "Mozilla/5.0",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(data),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if body is not None:
            environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data))}
        proxy_header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
        if proxy_header:
            environ[proxy_header[0]] = proxy_header[1]
        if signed_in and signed_in["cookies"]:
            environ |= {"HTTP_COOKIE": signed_in["cookies"], **signed_in["headers"]}
        return environ

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

    @staticmethod
    def _close_connections() -> None:
        from django.db import connections

        connections.close_all()


def make_handler() -> Any:
    """Django's WSGI handler, which can also carry what DRF's `force_authenticate` sets."""
    from django.core.handlers.wsgi import WSGIHandler

    class Handler(WSGIHandler):
        signed_in = threading.local()

        def sign_in(self, user: Any) -> None:
            """Let this thread's next request be this user's."""
            self.signed_in.user = user

        def get_response(self, request: Any) -> Any:
            if self.signed_in.user is not None:
                request._force_auth_user = self.signed_in.user
                request._force_auth_token = None
            return super().get_response(request)

    return Handler()


def main() -> None:
    limit_resources()
    channel = Channel(int(sys.argv[1]))
    agent = Agent(channel)
    gc.disable()  # what is loaded at first stays: there is no garbage in it to look for, then or later
    while (request := channel.receive()) is not None:
        operation = getattr(agent, request.pop("op"))
        ticket = request.pop("ticket")
        try:
            answer = {"ok": True, **operation(**request)}
        except BaseException as error:
            answer = {"ok": False, "error": describe(error, agent.tree)}
        gc.enable()
        channel.send({**answer, "ticket": ticket})


if __name__ == "__main__":
    main()

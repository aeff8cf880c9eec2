"""Loads the submission, with its database forced to the wire, and migrates it."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .connection import close_connections

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
DJANGOS_APPS = {"admin", "auth", "contenttypes", "sessions"}  # whose migrations no fix ships


def fill(tree: str, given: str) -> None:
    """Copy all files below `given` to the same places below `tree`."""
    for folder, _, files in os.walk(given):
        inside = os.path.join(tree, os.path.relpath(folder, given))
        os.makedirs(inside, exist_ok=True)
        for file in files:
            shutil.copyfile(os.path.join(folder, file), os.path.join(inside, file))


def look_for_no_gis() -> None:
    """Spare a worker the search for GDAL and GEOS, which runs a compiler and takes as long as Django.

    django-debug-toolbar's SQL panel imports GeoDjango where it can.
    """
    from ctypes import util

    find = util.find_library
    util.find_library = lambda name: None if name.lower().startswith(("gdal", "geos")) else find(name)


class Loader:
    """Loads the submission once."""

    def __init__(self) -> None:
        self.tree = Path("/")

    def boot(
        self,
        tree: str,
        host: str,
        port: int,
        user: str,
        database: str,
        environment: dict[str, str],
        given: str | None = None,
        packages: str | None = None,
    ) -> None:
        """Load the submission from `tree`, with its database forced to the wire's socket.

        `given`: a folder from which `tree` is filled first; `packages`: what it needs beside the kit's own.
        """
        self.tree = Path(tree)
        if given is not None:
            fill(tree, given)
        sys.path.insert(0, tree)
        if packages is not None:
            sys.path.append(packages)
        os.chdir(tree)
        os.environ.update(environment)
        os.environ["DJANGO_SETTINGS_MODULE"] = self._settings_module()
        from django.conf import settings

        with self._settings_named():
            settings.DATABASES  # noqa: B018 - the first look at them loads them
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

        call_command("check", stdout=io.StringIO(), stderr=io.StringIO())

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
    @contextlib.contextmanager
    def _settings_named() -> Iterator[None]:
        """Note on an import that fails that it is the settings' own."""
        try:
            yield
        except ModuleNotFoundError as error:
            if error.name == os.environ["DJANGO_SETTINGS_MODULE"]:
                error.add_note("(the settings that interview/wsgi.py names, or interview.settings)")
            raise

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

    def apps(self) -> dict[str, Any]:
        """What decides whether the tables of Django's own apps are as everywhere."""
        from django.apps import apps
        from django.conf import settings

        return {
            "names": [config.name for config in apps.get_app_configs()],
            "user_model": settings.AUTH_USER_MODEL,
            "moved": list(settings.MIGRATION_MODULES),
        }

    def migrate(self) -> dict[str, Any]:
        """Make the migration that is missing, if one is, and apply all; says what was missing."""
        from django.core.management import call_command
        from django.utils.translation import override

        with override(None):  # as Django's command has it: the choices of a model may be translated
            missing = self._missing_migrations()
        if missing:
            call_command("makemigrations", interactive=False, verbosity=0)
        with self._migrations_named():
            call_command("migrate", interactive=False, verbosity=0)
        close_connections()
        return {"missing": missing}

    @staticmethod
    @contextlib.contextmanager
    def _migrations_named() -> Iterator[None]:
        """Note on what a migration raises which migration it was: SQL has no line in a file."""
        from django.db.migrations.executor import MigrationExecutor

        apply = MigrationExecutor.apply_migration

        def noting(self: Any, state: Any, migration: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return apply(self, state, migration, *args, **kwargs)
            except Exception as error:
                error.add_note(f"in the migration {migration}")
                raise

        MigrationExecutor.apply_migration = noting  # type: ignore[method-assign]
        try:
            yield
        finally:
            MigrationExecutor.apply_migration = apply  # type: ignore[method-assign]

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
            if app not in DJANGOS_APPS
            for migration in migrations
            for operation in migration.operations
        ]

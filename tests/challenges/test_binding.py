"""A binding whose symbol or sites are not as it says is an error that names the challenge."""

import pytest

from challenges.errors import InputError
from challenges.injection.binding import Binding

TREE = {"views.py": "class View:\n    def post(self):\n        a.select_for_update()\n"}


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        (Binding("strip_row_lock", "view.py"), "is bound to view.py, which the healthy app lacks"),
        (
            Binding("strip_row_lock", "views.py", "View.put"),
            "views.py, View.put, which is not there any more",
        ),
        (Binding("strip_row_lock", "views.py", "View", hits=2), "finds 1 sites in views.py, View, not 2"),
        (Binding("strip_row_lok", "views.py"), "did you mean 'strip_row_lock'?"),
    ],
)
def test_what_is_not_as_bound_is_named(binding: Binding, said: str) -> None:
    with pytest.raises(InputError) as error:
        binding.carry_out(dict(TREE), "b/classic")
    assert said in str(error.value)


def test_a_file_is_changed_where_it_is_bound() -> None:
    tree = dict(TREE)
    Binding("strip_row_lock", "views.py", "View.post").carry_out(tree, "b/classic")
    assert tree["views.py"] == "class View:\n    def post(self):\n        a\n"

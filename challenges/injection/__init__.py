"""One healthy app, every bug made from it: `solutions/reference/`, and operators bound to its symbols.

`app()` makes the app with some bugs, `variants()` says which there are, `choose()` picks one by a seed.
"""

from challenges.injection.binding import Variant
from challenges.injection.making import app, choose, variants

__all__ = ["Variant", "app", "choose", "variants"]

"""Every component under one name: `{% load ui %}`. How to use them: docs/ui.md."""

from web.ui import elements, forms, lists, marks, shell  # noqa: F401
from web.ui.registry import register

__all__ = ["register"]

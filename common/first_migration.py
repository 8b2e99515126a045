"""The first migration of an empty database, without drawing all models anew at each of a thousand steps.

Django keeps Python classes of the schema as it was at every step, and draws a class, with all that is related to it,
again whenever the state of its model changes: nine tenths of the time in which an empty database gets its tables. Here

- an index, a constraint or a trigger draws nothing: their statements read the operation, not the class;
- a new model or field draws that model alone; what is related to it is drawn when Python code asks for it, as Django
  itself does for fields that are no relations (``delay``; ``RunPython`` has all drawn afresh before it runs);
- a changed or removed field draws its model first: to know its constraints apart, Django reads the class. Where others
  refer to the field, all of them are drawn, as always.

For databases that have tables Django's own way stays: there are few steps then, and each must be beyond doubt.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations import AlterField, RemoveField
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

_DRAWING_NOTHING = (
    (ProjectState, "add_index"), (ProjectState, "remove_index"), (ProjectState, "add_constraint"),
    (ProjectState, "remove_constraint"), (AddTrigger, "state_forwards"), (RemoveTrigger, "state_forwards"),
)  # fmt: skip
_READING = (AlterField, RemoveField)
_DRAWING_ONE = ((ProjectState, "add_model"), (ProjectState, "add_field"), (ProjectState, "remove_field"))
_ALTERING = (ProjectState, "alter_field")


def is_first(connection: BaseDatabaseWrapper) -> bool:
    return not MigrationRecorder(connection).applied_migrations()


@contextmanager
def drawing_little() -> Iterator[None]:
    """Django's migrations inside draw as little as that. One thread at a time: what they are is changed for all."""
    with ExitStack() as stack:
        for owner, name in _DRAWING_NOTHING:
            stack.enter_context(_set(owner, name, _with(owner, name, _nothing)))
        for owner, name in _DRAWING_ONE:
            stack.enter_context(_set(owner, name, _with(owner, name, _one)))
        stack.enter_context(_set(*_ALTERING, _with(*_ALTERING, _one_unless_related)))
        for operation in _READING:
            stack.enter_context(_set(operation, "database_forwards", _drawn_before(operation)))
        yield


_reload = ProjectState.reload_model


def _nothing(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    state.is_delayed = True


def _one(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in state.__dict__:
        state.is_delayed = True
        state._reload({(app_label, model_name)})  # type: ignore[attr-defined]


def _one_unless_related(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """Django says ``delay`` where the field is no relation and nobody refers to it."""
    (_one if delay else _reload)(state, app_label, model_name, delay)


@contextmanager
def _set(owner: type, name: str, value: Callable[..., Any]) -> Iterator[None]:
    former = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, former)


def _with(owner: type, name: str, reload_model: Callable[..., None]) -> Callable[..., Any]:
    original = getattr(owner, name)

    def changed(*args: Any, **kwargs: Any) -> Any:
        with _set(ProjectState, "reload_model", reload_model):
            return original(*args, **kwargs)

    return changed


def _drawn_before(operation: type[AlterField | RemoveField]) -> Callable[..., None]:
    original = operation.database_forwards

    def changed(self: Any, app_label: str, editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        for state in (from_state, to_state):
            _one(state, app_label, self.model_name_lower)
        original(self, app_label, editor, from_state, to_state)

    return changed

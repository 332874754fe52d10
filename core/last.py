"""What a transaction does last: what others wait for while it is held is not taken before all else is done."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_waiting: ContextVar[dict[Callable, dict] | None] = ContextVar("waiting", default=None)


@contextmanager
def last_things() -> Iterator[None]:
    """Inside a transaction: what is put off here is done at the end of the block, once for each key. Nothing of it if the block fails."""
    waiting: dict[Callable, dict] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for act, keys in waiting.items():
        act(keys)


def put_off(act: Callable[[Iterable], None], keys: Iterable) -> None:
    """Calls `act` with these keys and others at the end of `last_things()`; at once where there is no such block."""
    waiting = _waiting.get()
    if waiting is None:
        act(keys)
    else:
        waiting.setdefault(act, {}).update(dict.fromkeys(keys))

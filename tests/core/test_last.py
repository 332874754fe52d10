"""What a transaction does last."""

import pytest

from core.last import last_things, put_off


def test_what_is_put_off_is_done_at_the_end_once_for_each_key():
    done = []

    def write(keys):
        done.append(list(keys))

    with last_things():
        put_off(write, [2, 1])
        put_off(write, [1, 3])
        assert not done
    assert done == [[2, 1, 3]]


def test_nothing_that_was_put_off_is_done_when_the_block_fails():
    done = []

    def fail():
        with last_things():
            put_off(done.extend, [1])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    put_off(done.extend, [2])  # and the next is not held back
    assert done == [2]


def test_without_a_block_nothing_is_put_off():
    done = []
    put_off(done.extend, [1])
    assert done == [1]

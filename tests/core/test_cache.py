import os
import time

import pytest
from django.core.cache import caches

from core.cache import ForgivingRedisCache
from tests.servers import free_port


@pytest.fixture
def redis_cache(settings):
    """Builds the cache as `settings.base` does for CACHE_URL."""
    ForgivingRedisCache._away_until = 0

    def build(url: str) -> ForgivingRedisCache:
        patience = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25, "retry": None}
        settings.CACHES = {
            "default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": url, "OPTIONS": patience}
        }
        return caches["default"]

    yield build
    ForgivingRedisCache._away_until = 0


def test_a_redis_that_is_away_is_a_miss(redis_cache):
    cache = redis_cache(f"redis://127.0.0.1:{free_port()}/0")
    began = time.monotonic()
    assert cache.get("name", "a miss") == "a miss"
    assert cache.get_or_set("name", lambda: 5) == 5
    assert cache.get_many(["name"]) == {}
    assert cache.add("name", 1)
    assert not cache.has_key("name")
    assert cache.incr("count") == 1
    for _ in range(100):
        cache.set("name", 1)
    assert time.monotonic() - began < 2


@pytest.mark.redis
def test_a_redis_that_is_there_keeps_what_it_is_given(redis_cache):
    cache = redis_cache(os.environ["TEST_REDIS_URL"])
    cache.set("kollegiet-test", [1, 2], 10)
    assert cache.get("kollegiet-test") == [1, 2]
    cache.delete("kollegiet-test")

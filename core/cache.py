import logging
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
REST = 5  # seconds that a Redis which has failed is left alone, so that a page does not wait for it once per fragment


class ForgivingRedisCache(RedisCache):
    """A Redis that is away is a miss: slower, never an error."""

    _away_until = 0.0

    def _quietly(self, method: str, default, *args, **kwargs):
        if time.monotonic() < ForgivingRedisCache._away_until:
            return default
        try:
            return getattr(super(), method)(*args, **kwargs)
        except RedisError as error:
            ForgivingRedisCache._away_until = time.monotonic() + REST
            logger.warning("cache %s failed: %s", method, error)
            return default

    def get(self, key, default=None, version=None):
        return self._quietly("get", default, key, default, version)

    def set(self, *args, **kwargs):
        return self._quietly("set", None, *args, **kwargs)

    def add(self, *args, **kwargs):
        return self._quietly("add", True, *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self._quietly("touch", False, *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._quietly("delete", False, *args, **kwargs)

    def get_many(self, keys, version=None):
        return self._quietly("get_many", {}, keys, version)

    def set_many(self, data, *args, **kwargs):
        return self._quietly("set_many", list(data), data, *args, **kwargs)

    def delete_many(self, *args, **kwargs):
        return self._quietly("delete_many", None, *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self._quietly("has_key", False, *args, **kwargs)

    def incr(self, key, delta=1, version=None):
        return self._quietly("incr", delta, key, delta, version)

    def clear(self):
        return self._quietly("clear", False)

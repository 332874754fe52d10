"""How often one address may search. No reader and no school comes near it; a program that has gone wrong does."""

import threading
import time
from functools import wraps

from django.http import HttpResponse
from django.utils.translation import gettext

from core.throttle import client_address

MOST = 200  # requests in one second, from one address to one process


class Rate:
    """Counts requests by address within the present second."""

    def __init__(self):
        self.lock, self.second, self.counts = threading.Lock(), 0, {}

    def lets_through(self, address: str) -> bool:
        second = int(time.monotonic())
        with self.lock:
            if second != self.second:
                self.second, self.counts = second, {}
            self.counts[address] = self.counts.get(address, 0) + 1
            return self.counts[address] <= MOST


rate = Rate()


def limited(view):
    """A view that one address may ask `MOST` times a second; what comes beyond is told to wait."""

    @wraps(view)
    def limited_view(request, *args, **kwargs):
        if rate.lets_through(client_address(request)):
            return view(request, *args, **kwargs)
        text = gettext("Too many searches at once. Try again in a second.")
        return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": "1"})

    return limited_view

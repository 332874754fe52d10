"""Sign-in is throttled before a password is hashed, for each account and for each address.

django-axes counts wrong passwords in the database, so that several servers count together. A device that has signed in to an
account before is counted by itself: who guesses at a colleague's password shuts out neither the colleague nor the office.
"""

import secrets

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models import Sum
from django.dispatch import receiver
from django.shortcuts import render

DEVICE = "known_device"
DEVICE_AGE = 180 * 24 * 3600  # seconds
# What is counted, and how many times AXES_FAILURE_LIMIT each may fail. A school's computers share one address.
PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
ALLOWANCES = [1, 3, 10]


class ThrottledBackend(AxesStandaloneBackend):
    """Stands first among the backends and refuses before any other is asked."""


class Handler(AxesDatabaseHandler):
    def get_failures(self, request, credentials=None):
        """The failures of whatever is nearest to its limit, as a number to compare with AXES_FAILURE_LIMIT."""
        counted = [
            found.aggregate(n=Sum("failures_since_start"))["n"] or 0
            for found in self.get_user_attempts(request, credentials)
        ]
        return max(count // allowance for count, allowance in zip(counted, ALLOWANCES, strict=False))

    def reset_user_attempts(self, request, credentials=None):
        """A sign-in forgives that account at that address. Whoever has an account of their own cannot wipe out other counts."""
        return self.filter_user_attempts(request, credentials)[0].delete()[0]


def client_address(request) -> str:
    """The address that a request comes from: what the outermost proxy that we trust has seen."""
    proxies = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return forwarded[-proxies] if proxies and len(forwarded) >= proxies else request.META.get("REMOTE_ADDR", "")


def known_device(request, username: str) -> str:
    """The name of the device that a request comes from if it has signed in to this account before, else nothing."""
    owner, _, device = request.get_signed_cookie(DEVICE, default="", salt=DEVICE, max_age=DEVICE_AGE).rpartition(":")
    return device if owner == username else ""


def account(request, credentials=None) -> str:
    """Under which name an attempt is counted: the account's, or that of the known device at the account."""
    username = (credentials or request.POST).get("username") or ""
    device = known_device(request, username)
    return f"{username} ({device})" if device else username


def lockout_parameters(request, credentials=None) -> list:
    """A known device answers for its own mistakes alone."""
    username = (credentials or request.POST).get("username") or ""
    return ["username"] if known_device(request, username) else PARAMETERS


def locked_out(request, response, credentials=None):
    """The page for someone who has tried too often."""
    response = render(request, "core/locked_out.html", {"minutes": round(settings.AXES_COOLOFF_TIME * 60)}, status=429)
    response["Retry-After"] = round(settings.AXES_COOLOFF_TIME * 3600)
    return response


@receiver(user_logged_in)
def note_sign_in(request, user, **kwargs):
    if request is not None:
        request.signed_in_as = user.get_username()


def remember_device(get_response):
    """After a sign-in, gives the browser the cookie by which it is known next time. Visitors never get one."""

    def middleware(request):
        response = get_response(request)
        if username := getattr(request, "signed_in_as", None):
            device = known_device(request, username) or secrets.token_urlsafe(9)
            response.set_signed_cookie(
                DEVICE,
                f"{username}:{device}",
                salt=DEVICE,
                max_age=DEVICE_AGE,
                path="/admin/",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware

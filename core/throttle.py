"""Sign-in is throttled before a password is hashed; a device that has signed in before is counted by itself.

django-axes counts wrong passwords in the database, so that several servers count together. Somebody who guesses at a
colleague's account shuts out their own address, not the colleague.
"""

from axes.backends import AxesStandaloneBackend
from django.shortcuts import render

class ThrottledBackend(AxesStandaloneBackend):
    """Stands first among the backends and refuses before any other is asked."""


def locked_out(request, credentials, *args, **kwargs):
    """The page for someone who has tried too often."""
    return render(request, "403_lockout.html", status=429)

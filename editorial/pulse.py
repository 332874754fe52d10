"""Rows by which workers share the work and show that they are alive."""

import os
import socket
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ALIVE = timedelta(seconds=30)
RETRY_FIRST, RETRY_LONGEST = timedelta(seconds=30), timedelta(hours=1)
AT_IT = timedelta(seconds=12)  # longer than anything that is tried may take, see `schedule.seconds_for`
CRASHES = 2  # tries that may end with the worker before what is tried has to wait


class Worker(models.Model):
    """A running worker. Its row is refreshed while it runs and removed when it stops in an orderly way."""

    name = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def alive(cls):
        """Workers that have been seen within half a minute."""
        return cls.objects.filter(seen_at__gte=timezone.now() - ALIVE)

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})


class Lease(models.Model):
    """A piece of work that one worker at a time does. An owner that has died loses it when it runs out."""

    what = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=120, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return self.what

    @classmethod
    def take(cls, what: str, owner: str, seconds: int) -> bool:
        """Claims or renews a lease. True if `owner` holds it now; one conditional UPDATE, so two never do."""
        now = timezone.now()
        cls.objects.get_or_create(what=what)
        free = models.Q(until__lt=now) | models.Q(owner=owner) | models.Q(owner="")
        return bool(cls.objects.filter(free, what=what).update(owner=owner, until=now + timedelta(seconds=seconds)))

    @classmethod
    def release(cls, what: str, owner: str) -> None:
        cls.objects.filter(what=what, owner=owner).update(owner="", until=timezone.now())


class Digest(models.Model):
    """A day whose digests have been written."""

    day = models.DateField(primary_key=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return str(self.day)

    @classmethod
    def claim(cls, day) -> bool:
        """True for the one who is to write the digests of a day. Whoever asks meanwhile waits for that one's transaction."""
        return cls.objects.get_or_create(day=day)[1]


class Reminder(models.Model):
    """A reminder that a page is to be read again by a day, which has been sent."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("before the day")
        AFTER = "after", _("after the day")
        ESCALATED = "escalated", _("to the chief editors")

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    due = models.DateField()
    stage = models.CharField(max_length=10, choices=Stage.choices)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["page", "due", "stage"], name="reminded_once")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.due} {self.stage}"


class ScheduleProblem(models.Model):
    """Why a scheduled revision has not gone live. It stays scheduled and is tried again, more and more seldom."""

    revision = models.OneToOneField("wagtailcore.Revision", on_delete=models.CASCADE, related_name="schedule_problem")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="schedule_problems")
    reason = models.TextField()
    first_seen = models.DateTimeField(auto_now_add=True)
    last_tried = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("scheduled page that could not be published")
        verbose_name_plural = _("scheduled pages that could not be published")
        ordering = ["first_seen"]
        permissions = [("reschedule_page", _("Can move what is planned to another time"))]

    def __str__(self) -> str:
        return self.reason

    @property
    def try_again_at(self):
        return back_off(self.last_tried, self.tries)

    @classmethod
    def note(cls, revision, page_id: int, reason: str) -> bool:
        """Keeps the reason. True the first time, so that its owner is told once."""
        with transaction.atomic():
            problem, is_new = cls.objects.get_or_create(
                revision=revision, defaults={"page_id": page_id, "reason": reason}
            )
            if not is_new:
                cls.objects.filter(pk=problem.pk).update(
                    reason=reason, last_tried=timezone.now(), tries=models.F("tries") + 1
                )
        return is_new


class Attempt(models.Model):
    """Something due that a worker has begun with. The row goes with its end, so that one which is left tells of a crash."""

    kind = models.CharField(max_length=10)
    key = models.BigIntegerField()
    owner = models.CharField(max_length=120, blank=True)  # nobody: it failed, and waits
    began_at = models.DateTimeField(default=timezone.now)
    number = models.PositiveIntegerField(default=1)
    has_crashed = False  # whether it took so many processes with it that it is better left alone for a while

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_attempt")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.number}"

    @classmethod
    def begin(cls, kind: str, key: int) -> "Attempt | None":
        """Notes that this process is at it. None where another is, or was until a moment ago.

        What is left of a process that has died is taken over, and counted.
        """
        me = process_name()
        attempt, is_new = cls.objects.get_or_create(kind=kind, key=key, defaults={"owner": me})
        if is_new:
            return attempt
        if not attempt.is_left:
            return None
        left = cls.objects.filter(pk=attempt.pk, owner=attempt.owner, began_at=attempt.began_at)
        attempt.number += attempt.owner != me
        attempt.has_crashed = attempt.number > CRASHES and attempt.owner not in ("", me)
        attempt.owner, attempt.began_at = me, timezone.now()
        taken = left.update(owner=me, began_at=attempt.began_at, number=attempt.number)
        return attempt if taken else None

    @property
    def is_left(self) -> bool:
        """Whether it is nobody's any more: who began has died, has not been heard of for too long, or it has waited."""
        if self.is_waiting:
            return False
        return self.owner in ("", process_name()) or is_gone(self.owner) or self.began_at + AT_IT < timezone.now()

    @property
    def is_waiting(self) -> bool:
        return not self.owner and back_off(self.began_at, self.number) > timezone.now()

    def end(self) -> None:
        type(self).objects.filter(pk=self.pk).delete()

    def wait(self) -> None:
        """It failed: it is left alone for a while, longer each time."""
        type(self).objects.filter(pk=self.pk).update(owner="", began_at=timezone.now())

    def give_up(self) -> None:
        """It was not begun after all: somebody holds what it is about."""
        if self.number == 1:
            self.end()
        else:
            type(self).objects.filter(pk=self.pk).update(number=self.number - 1)

    @classmethod
    def forget_old(cls) -> None:
        cls.objects.filter(began_at__lt=timezone.now() - timedelta(days=1)).delete()


def back_off(since: datetime, tries: int) -> datetime:
    """Half a minute after the first try, twice as long after each further one, at most an hour."""
    return since + min(RETRY_FIRST * 2 ** min(tries - 1, 12), RETRY_LONGEST)


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(name: str) -> bool:
    """Whether a process of this machine has ended. Of another machine's processes nothing is known."""
    host, _colon, pid = name.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, so it lives
        pass
    return False

"""Rows by which workers share the work and show that they are alive."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ALIVE = timedelta(seconds=30)
RETRY_FIRST, RETRY_LONGEST = timedelta(seconds=30), timedelta(hours=1)


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
        """Half a minute after the first try, twice as long after each further one, at most an hour."""
        return self.last_tried + min(RETRY_FIRST * 2 ** min(self.tries - 1, 12), RETRY_LONGEST)

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

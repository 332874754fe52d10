from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Someone who signs in to the newsroom. Bylines are `Person`, not users."""

    email = models.EmailField(_("e-mail address"), unique=True, null=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def clean(self) -> None:
        super().clean()
        self.email = self.email or None  # '' would collide with the next user without an address

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

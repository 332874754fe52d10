"""Accounts: invite, deactivate, hand over. Nobody raises their own rights, and only superusers touch superusers."""

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.forms.auth import PasswordResetForm as WagtailPasswordResetForm
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.users.forms import UserEditForm as WagtailUserEditForm
from wagtail.users.models import UserProfile

from core.models import Stewardship
from editorial import mail

User = get_user_model()


class SignInForm(LoginForm):
    """Wagtail's, whose second field has its English name for a label."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")


def may_manage(actor, user) -> bool:
    """Whether `actor` may change `user`'s account: administrators may, except that of a superuser."""
    return actor.has_perm("core.change_user") and (actor.is_superuser or not user.is_superuser)


def may_set_rights(actor, user) -> bool:
    """Whether `actor` may change what `user` may do. One's own rights are somebody else's business."""
    return may_manage(actor, user) and (actor.is_superuser or actor.pk != user.pk)


def awaits_password(user) -> bool:
    """Whether someone was invited and has not chosen a password yet."""
    return user.is_active and not user.has_usable_password()


def invitation_url(user) -> str:
    """A link by which the invited choose their password; it works once and as long as PASSWORD_RESET_TIMEOUT says."""
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    return mail.full_url(reverse("wagtailadmin_password_reset_confirm", kwargs={"uidb64": uid, "token": token}))


def send_invitation(user, by) -> None:
    """Mails the link to someone who has no password yet. Raises PermissionDenied."""
    if not (may_manage(by, user) and awaits_password(user)):
        raise PermissionDenied
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
    groups = ", ".join(user.groups.values_list("name", flat=True))
    mail.tell([user], "invitation", by=by, groups=groups, url=invitation_url(user), days=days)
    log(instance=user, action="editorial.account.invite", user=by)


@transaction.atomic
def hand_over(pages: Iterable[Page], successor, by, leaver=None) -> int:
    """Makes someone responsible for pages and tells them in one mail. Returns how many pages changed hands."""
    if not successor.is_active:
        raise ValidationError(gettext("Choose someone who can sign in."))
    pages = [
        page for page in pages if getattr(getattr(page, "stewardship", None), "responsible_id", None) != successor.pk
    ]
    for page in pages:
        Stewardship.objects.update_or_create(page_id=page.pk, defaults={"responsible": successor})
        log(instance=page.specific_deferred, action="editorial.handover", user=by, data={"to": str(successor)})
    if pages:
        mail.tell_about_handover(successor, pages, leaver, by)
    return len(pages)


def pages_of(user):
    """The pages that someone is responsible for."""
    return Page.objects.filter(stewardship__responsible=user).select_related("stewardship").order_by("title")


@transaction.atomic
def deactivate(user, by, successor=None) -> int:
    """Closes an account, at once also for whoever is signed in. Returns how many pages changed hands.

    Raises PermissionDenied for one's own account and for superusers', ValidationError while pages would be left behind.
    """
    if not may_set_rights(by, user) or by.pk == user.pk:
        raise PermissionDenied
    pages = list(pages_of(user))
    if pages and successor is None:
        raise ValidationError(gettext("Choose who takes over the pages."))
    moved = hand_over(pages, successor, by, leaver=user) if pages else 0
    User.objects.filter(pk=user.pk).update(is_active=False)
    log(instance=user, action="editorial.account.deactivate", user=by)
    return moved


def activate(user, by) -> None:
    """Opens a closed account again. Raises PermissionDenied."""
    if not may_set_rights(by, user) or by.pk == user.pk:
        raise PermissionDenied
    User.objects.filter(pk=user.pk).update(is_active=True)
    log(instance=user, action="editorial.account.activate", user=by)


class RolesField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs):
        groups = User._meta.get_field("groups").related_model.objects.order_by("name")
        super().__init__(queryset=groups, label=_("Roles"), widget=forms.CheckboxSelectMultiple, **kwargs)


class InviteForm(forms.ModelForm):
    """A new account without a password. Its holder signs in with the e-mail address."""

    required_css_class = "required"

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail address"), max_length=150, help_text=_("The invitation goes there. It is also the user name.")
    )
    groups = RolesField()
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        initial=settings.LANGUAGE_CODE,
        help_text=_("Of the newsroom and of the mails."),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "groups")

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists() or User.objects.filter(username__iexact=email).exists():
            raise ValidationError(_("Someone has an account with this address already."))
        return email

    def save(self, commit=True):
        user = super().save(commit=False)
        user.username = user.email
        user.set_unusable_password()
        user.save()
        self.save_m2m()
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": self.cleaned_data["language"]})
        return user


class UserEditForm(WagtailUserEditForm):
    """Wagtail's form without what has a way of its own: passwords go by mail, closing an account hands over its pages."""

    def __init__(self, *args, actor=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2", "is_active"):
            self.fields.pop(name, None)
        if not actor.is_superuser:
            self.fields.pop("is_superuser", None)
        if not may_set_rights(actor, self.instance):
            self.fields.pop("groups", None)

    def validate_password(self):
        """There is no password in this form."""

    def save(self, commit=True):
        return forms.ModelForm.save(self, commit)


class SuccessorForm(forms.Form):
    """Who takes over."""

    required_css_class = "required"

    successor = forms.ModelChoiceField(
        label=_("Who takes over the pages"), queryset=User.objects.none(), help_text=_("They get a mail with the list.")
    )

    def __init__(self, *args, leaver=None, required=True, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("first_name", "last_name")
        self.fields["successor"].queryset = people.exclude(pk=leaver.pk) if leaver else people
        self.fields["successor"].required = required


class PasswordResetForm(WagtailPasswordResetForm):
    """The mail about a new password is in the language of whoever gets it."""

    def send_mail(self, subject_template_name, email_template_name, context, *args, **kwargs):
        with override(mail.language_of(context["user"])):
            super().send_mail(subject_template_name, email_template_name, context, *args, **kwargs)

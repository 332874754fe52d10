from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChoiceListField(models.JSONField):
    """Several values of one list of choices, kept in the list's order. Shown as check boxes."""

    def __init__(self, *args, choices=(), **kwargs):
        self.options = list(choices)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        unknown = [item for item in value if item not in dict(self.options)]
        if unknown:
            raise ValidationError(
                _("%(value)s is not one of the choices."), params={"value": ", ".join(map(str, unknown))}
            )

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
            choices=self.options,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

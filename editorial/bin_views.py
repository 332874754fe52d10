"""The bin's screens: what lies there, and the form that brings something back."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import FormView, ListView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.guards import Refused
from editorial.bin import BinnedPage, may_restore_live, restore
from editorial.words import moment


class RestoreForm(forms.Form):
    slug = forms.SlugField(label=gettext_lazy("Last part of the address"), max_length=255, allow_unicode=True)
    as_it_was = forms.BooleanField(
        label=gettext_lazy("Published again, as readers saw it"),
        help_text=gettext_lazy("Otherwise it comes back as a draft that has to be approved before it is published."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why readers get it back without a new approval"),
        help_text=gettext_lazy("Kept in the page's history."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args, may_be_live: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_be_live:
            del self.fields["as_it_was"], self.fields["reason"]


def offer(request, page):
    """Tells whoever has deleted a page where it lies."""
    if found := BinnedPage.objects.seen_by(request.user).filter(page_id=page.pk).first():
        text = gettext("It lies in the bin until %(time)s.") % {"time": moment(found.until)}
        button = messages.button(reverse("editorial_restore", args=[found.pk]), gettext("Bring back"))
        messages.info(request, text, buttons=[button])


class BinView(WagtailAdminTemplateMixin, ListView):
    """What was deleted, by whom, when and why, and until when it can be had back."""

    template_name = "editorial/bin.html"
    page_title = gettext_lazy("The bin")
    header_icon = "bin"
    paginate_by = 50

    def get_queryset(self):
        return BinnedPage.objects.seen_by(self.request.user).select_related("deleted_by").defer("content")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]


class RestoreView(WagtailAdminTemplateMixin, FormView):
    template_name = "editorial/restore.html"
    form_class = RestoreForm
    page_title = gettext_lazy("Bring back")
    header_icon = "rotate"

    @cached_property
    def binned(self) -> BinnedPage:
        """Raises Refused where there is nothing, or nothing that this person may know of."""
        theirs = BinnedPage.objects.seen_by(self.request.user).select_related("deleted_by").defer("content")
        if found := theirs.filter(pk=self.kwargs["binned_id"]).first():
            return found
        raise Refused(gettext("Somebody has brought it back already, or its time in the bin is over."))

    def get_page_subtitle(self):
        return self.binned.title

    def get_breadcrumbs_items(self):
        bin = {"url": reverse("editorial_bin"), "label": BinView.page_title}
        return [*super().get_breadcrumbs_items(), bin, {"url": "", "label": self.binned.title}]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "may_be_live": may_restore_live(self.binned, self.request.user)}

    def get_initial(self):
        return {"slug": self.binned.slug}

    def get_context_data(self, **kwargs):
        return super().get_context_data(binned=self.binned, **kwargs)

    def form_valid(self, form):
        try:
            page = restore(self.binned, self.request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        except PermissionDenied:
            form.add_error(None, gettext("You may not add pages where it was. Ask a chief editor to bring it back."))
            return self.form_invalid(form)
        text = gettext("“%(title)s” is back.") % {"title": page.get_admin_display_title()}
        messages.success(self.request, text)
        return redirect("wagtailadmin_pages:edit", page.pk)

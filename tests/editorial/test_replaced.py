"""A picture or document that is replaced behind an approved page: the page is flagged and its owner is told."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Picture
from post_office.models import Email
from wagtail.models import PageLogEntry

from core.models import CustomDocument, Stewardship
from editorial.models import AfterReview
from tests.editorial.newsroom import signed_in
from tests.world import make_image, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


def new_picture() -> SimpleUploadedFile:
    content = BytesIO()
    Picture.new("RGB", (80, 60), "red").save(content, "PNG")
    return SimpleUploadedFile("annan.png", content.getvalue(), "image/png")


def with_picture(people, **kwargs):
    image = make_image("Skolgården")
    page = make_page(author=people["author"], hero_image=image, hero_alt="En skolgård", **kwargs)
    Stewardship.objects.filter(page_id=page.pk).update(responsible=people["author"])
    return image, page


def replace(user, image, **values):
    values = {
        "title": image.title,
        "collection": image.collection_id,
        "tags": "",
        "description": "",
        "credit": "",
        **values,
    }
    return signed_in(user).post(reverse("wagtailimages:edit", args=[image.pk]), values)


def test_a_new_file_behind_a_live_page_flags_it_and_tells_its_owner(people):
    image, page = with_picture(people)
    assert replace(people["editor"], image, file=new_picture()).status_code == 302
    review = AfterReview.objects.get()
    assert list(review.pages.all()) == [page.page_ptr]
    assert review.forced_by == people["editor"]
    mail = Email.objects.get(to=people["author"].email)
    assert page.title in mail.message
    entry = PageLogEntry.objects.get(page=page, action="editorial.file_replaced")
    assert "Skolgården" in entry.comment


def test_a_new_title_alone_flags_nothing(people):
    image, _page = with_picture(people)
    assert replace(people["editor"], image, title="Gården").status_code == 302
    assert not AfterReview.objects.exists()


def test_a_new_file_on_drafts_alone_flags_nothing(people):
    image, _page = with_picture(people, live=False)
    assert replace(people["editor"], image, file=new_picture()).status_code == 302
    assert not AfterReview.objects.exists()


def test_whoever_replaced_it_does_not_do_the_after_review(people):
    image, _page = with_picture(people)
    replace(people["chief_editor"], image, file=new_picture())
    address = reverse("editorial_after_review_done", args=[AfterReview.objects.get().pk])
    assert signed_in(people["chief_editor"]).post(address).status_code == 409
    assert signed_in(people["reviewer"]).post(address).status_code == 302


def test_a_new_document_flags_the_pages_that_link_to_it(people):
    document = CustomDocument.objects.create(title="Mall", file=ContentFile(b"ett", name="mall.txt"))
    page = make_page(
        author=people["author"], body=[("paragraph", f'<p><a linktype="document" id="{document.pk}">Mall</a></p>')]
    )
    document.file = ContentFile(b"tv\xc3\xa5", name="mall2.txt")
    document.save()
    assert [found.pk for found in AfterReview.objects.get().pages.all()] == [page.pk]

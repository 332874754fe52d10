"""The vocabulary every page shares. Names no page type."""

from core.models.media import CustomDocument, CustomImage, CustomRendition
from core.models.pages import BasePage, ListingPage
from core.models.people import Byline, Person
from core.models.revisions import RevisionRecord
from core.models.stewardship import Stewardship
from core.models.taxonomy import Audience, Keyword, PageKeyword, SchoolForm, Subject, Theme
from core.models.users import User

__all__ = [
    "Audience",
    "BasePage",
    "Byline",
    "CustomDocument",
    "CustomImage",
    "CustomRendition",
    "Keyword",
    "ListingPage",
    "PageKeyword",
    "Person",
    "RevisionRecord",
    "SchoolForm",
    "Stewardship",
    "Subject",
    "Theme",
    "User",
]

from wagtail.users.apps import WagtailUsersAppConfig


class NewsroomUsersConfig(WagtailUsersAppConfig):
    """Wagtail's accounts, with our screens for them."""

    user_viewset = "editorial.viewsets.UserViewSet"

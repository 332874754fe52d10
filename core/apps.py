from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Shared content")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import addresses, admin_inline, alphabet, bypass, copies, exports, times, tree_lock
        from core.rich_text import let_translations_keep_marks

        let_translations_keep_marks()
        admin_inline.install()
        addresses.connect()
        tree_lock.connect()
        copies.connect()
        bypass.connect()
        times.connect()
        alphabet.connect()
        exports.connect()

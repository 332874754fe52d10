import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.production")
application = get_wsgi_application()

from search.lexicon import lexicon  # noqa: E402  (the settings come first)

for language in ("sv", "en"):
    lexicon(language)  # before anybody asks: a machine that has none yet compiles it

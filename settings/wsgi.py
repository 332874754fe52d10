import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.production")
application = get_wsgi_application()

# What the first visitor of each process would wait for; the settings come first.
from django.template.loader import get_template  # noqa: E402
from django.urls import reverse  # noqa: E402

from search.engines import visitors_engine  # noqa: E402
from search.lexicon import lexicon  # noqa: E402

for language in ("sv", "en"):
    lexicon(language)  # a machine that has none yet compiles it
visitors_engine()
reverse("search_sv")
get_template("base.html")
# None of this is ever unused: looking for what is would take a third of a second in the middle of somebody's page.
gc.collect()
gc.freeze()

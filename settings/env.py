"""The environment on one screen: every variable that this project reads, its type and its default.

`docs/operations.md` says what each one does. Production has no default for a secret or a host.
"""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def generated_key(data_dir: Path) -> str:
    """A secret key of this installation's own, made once and kept beside its data, readable by its owner alone."""
    path = data_dir / "secret_key"
    if not path.exists():
        own = data_dir / f"secret_key.{os.getpid()}"
        own.touch(mode=0o600)
        own.write_text(secrets.token_urlsafe(50))
        try:
            os.link(own, path)  # fails when another process was faster: then its key holds
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text().strip()


def required(name: str) -> str:
    """The value of a variable that production cannot do without. Raises ImproperlyConfigured with its name."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: production has no default for it (see docs/operations.md).")
    return value


@dataclass(frozen=True)
class Environment:
    data_dir: Path
    database: dict
    search_url: str
    cache_url: str
    email_url: str
    storage_url: str
    site_url: str
    demo: bool
    port: int
    web_workers: int
    log_format: str
    secret_key: str
    allowed_hosts: list[str]
    trusted_proxies: int | None
    sentry_dsn: str
    api_cors_origins: list[str]

    @property
    def storage(self) -> dict | None:
        """Options of an S3 store from `s3://bucket?endpoint=…&region=…`, or None for local files."""
        if not self.storage_url:
            return None
        parts = urlsplit(self.storage_url)
        if parts.scheme != "s3" or not parts.hostname:
            raise ImproperlyConfigured("STORAGE_URL must look like s3://bucket?endpoint=https://…")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        options = {
            "bucket_name": parts.hostname,
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": False,
        }
        names = {"endpoint": "endpoint_url", "region": "region_name", "domain": "custom_domain"}
        return options | {option: query[name] for name, option in names.items() if name in query}

    @property
    def search_engine(self) -> dict | None:
        """`{hosts, auth, prefix, ca}` of an Elasticsearch from SEARCH_URL, or None where the database is searched.

        `elasticsearch://[user:password@]host:port[,host:port…]/index-prefix`; `elasticsearchs://` for TLS, with
        `?ca=/path/to/certificates.pem` where its certificate is not from a public authority.
        """
        if self.search_url in ("", "database"):
            return None
        scheme, _colon, _rest = self.search_url.partition("://")
        schemes = {"elasticsearch": "http", "elasticsearchs": "https"}
        parts = urlsplit(self.search_url)
        credentials, _at, nodes = parts.netloc.rpartition("@")
        hosts = [node for node in nodes.split(",") if node]
        prefix = parts.path.strip("/")
        if (
            scheme not in schemes
            or not hosts
            or not all(re.fullmatch(r"[\w.\-]+:\d+|\[[0-9a-f:]+\]:\d+", h) for h in hosts)
        ):
            raise ImproperlyConfigured(
                "SEARCH_URL must be database, or look like elasticsearch://user:password@host:9200/prefix"
            )
        if not re.fullmatch(r"[a-z][a-z0-9_\-]*", prefix):
            raise ImproperlyConfigured(
                "SEARCH_URL must end in a prefix for the indexes, in small letters: …:9200/kollegiet"
            )
        user, _colon, password = credentials.partition(":")
        return {
            "hosts": [f"{schemes[scheme]}://{host}" for host in hosts],
            "auth": (unquote(user), unquote(password)) if user else None,
            "prefix": prefix,
            "ca": parse_qs(parts.query).get("ca", [None])[0],
        }

    @property
    def media_origins(self) -> list[str]:
        """Where a browser fetches uploaded pictures from, besides the site itself: for the Content-Security-Policy."""
        if not (store := self.storage):
            return []
        if "custom_domain" in store:
            return [f"https://{store['custom_domain']}"]
        parts = urlsplit(store.get("endpoint_url", "https://s3.amazonaws.com"))
        return [f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{store['bucket_name']}.{parts.netloc}"]


def read() -> Environment:
    env = environ.Env()
    # Empty is the same as not set. The class declares the type of `os.environ` itself, of which it needs a mapping.
    env.ENVIRON = cast(Any, {name: value for name, value in os.environ.items() if value.strip()})
    data_dir = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data_dir / "db.sqlite3")}
    return Environment(
        data_dir=data_dir,
        database=env.db_url("DATABASE_URL") if "DATABASE_URL" in env.ENVIRON else sqlite,
        search_url=env.str("SEARCH_URL", default="database"),
        cache_url=env.str("CACHE_URL", default=""),
        email_url=env.str("EMAIL_URL", default="consolemail://"),
        storage_url=env.str("STORAGE_URL", default=""),
        site_url=env.str("SITE_URL", default="").rstrip("/"),
        demo=env.bool("DEMO", default=False),
        port=env.int("PORT", default=8000),
        web_workers=env.int("WEB_WORKERS", default=2),
        log_format=env.str("LOG_FORMAT", default="console"),
        secret_key=env.str("SECRET_KEY", default=""),
        allowed_hosts=env.list("ALLOWED_HOSTS", default=[]),
        trusted_proxies=env.int("TRUSTED_PROXIES") if "TRUSTED_PROXIES" in env.ENVIRON else None,
        sentry_dsn=env.str("SENTRY_DSN", default=""),
        api_cors_origins=env.list("API_CORS_ORIGINS", default=[]),
    )

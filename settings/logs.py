"""One line a message: readable in development, JSON in production, both with the request's id."""

import structlog

PROCESSORS = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def configuration(log_format: str) -> dict:
    """Django's LOGGING for `json` or `console`."""
    json = log_format == "json"
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    last = [structlog.processors.format_exc_info, renderer] if json else [renderer]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                "foreign_pre_chain": PROCESSORS,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "django": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "editorial": {"level": "INFO"},
            "home": {"level": "INFO"},
        },
    }

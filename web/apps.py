"""The pages: HTTP in, HTML out."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, their components and the formats of what they show."""

    name = "web"

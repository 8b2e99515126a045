from django.apps import AppConfig
from django.core import checks


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        from demo.checks import no_sandbox_among_real_data

        checks.register(no_sandbox_among_real_data, checks.Tags.security)

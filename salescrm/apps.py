from django.apps import AppConfig


class SalesCrmConfig(AppConfig):
    name = "salescrm"
    label = "salescrm"

    def ready(self) -> None:
        from common import events
        from jobs import registry
        from notifications import letters
        from salescrm.subscriptions import JOBS, LETTERS, SUBSCRIPTIONS

        events.install(SUBSCRIPTIONS)
        registry.install(JOBS)
        letters.install(LETTERS)

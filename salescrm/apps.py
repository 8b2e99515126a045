from django.apps import AppConfig


class SalesCrmConfig(AppConfig):
    name = "salescrm"
    label = "salescrm"

    def ready(self) -> None:
        from common import events
        from jobs import registry
        from salescrm.subscriptions import JOBS, SUBSCRIPTIONS

        events.install(SUBSCRIPTIONS)
        registry.install(JOBS)

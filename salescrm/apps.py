from django.apps import AppConfig


class SalesCrmConfig(AppConfig):
    name = "salescrm"
    label = "salescrm"

    def ready(self) -> None:
        from audit import personal
        from audit.attribution import attributed
        from common import events
        from jobs import registry
        from monitoring.runs import watched
        from notifications import letters
        from salescrm import checks  # noqa: F401 - they register themselves
        from salescrm.subscriptions import JOBS, LEAVING, LETTERS, SUBSCRIPTIONS
        from salescrm.watched import WATCHED

        personal.install(WATCHED)
        events.install(SUBSCRIPTIONS)
        registry.install(attributed(watched(JOBS, leaving=LEAVING)))
        letters.install(LETTERS)

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from celery.signals import task_postrun, task_prerun

        from monitoring import runs
        from monitoring.heartbeats import beat_of_process
        from runner import heartbeat

        heartbeat.listen(beat_of_process)
        task_prerun.connect(runs.on_task_start, weak=False)
        task_postrun.connect(runs.on_task_end, weak=False)

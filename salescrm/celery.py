"""The Celery application. Options live in the settings, the timetable in ``salescrm.timetable``."""

import os

from celery import Celery
from celery.signals import task_prerun, worker_ready

from jobs import stopping
from runner import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.demo")

app = Celery("salescrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The tick that works off due jobs runs every few seconds, so a worker that is silent for long hangs and is replaced.
task_prerun.connect(heartbeat.touch, weak=False)
# Asked to stop, it takes no further job; what outlasts CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT is handed back.
worker_ready.connect(stopping.listen, weak=False)

"""The Celery application. Options live in the settings, the timetable in ``salescrm.timetable``."""

import os

from celery import Celery
from celery.signals import task_prerun

from runner import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.demo")

app = Celery("salescrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The tick that works off due jobs runs every few seconds, so a worker that is silent for long hangs and is replaced.
task_prerun.connect(heartbeat.touch, weak=False)

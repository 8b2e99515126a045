"""The Celery application. Options live in the settings, the timetable in ``salescrm.timetable``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.demo")

app = Celery("salescrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

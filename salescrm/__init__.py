"""Wiring: settings, addresses, the timetable, and the table of who reacts to what."""

from salescrm.celery import app as celery_app

__all__ = ["celery_app"]

"""Duties as rows. A Celery message on Redis is a hint; what must happen stands in PostgreSQL."""

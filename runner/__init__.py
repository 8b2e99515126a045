"""Runs the whole system with one command: embedded services, web, worker and timetable.

Nothing here knows the business, and only `apps` and the commands import Django, so settings may read
the addresses of running services before Django is set up.
"""

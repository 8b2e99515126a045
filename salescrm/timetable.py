"""The whole timetable of Celery beat. Every tick is harmless to repeat, so two beats change nothing."""

TIMETABLE: dict[str, dict[str, object]] = {
    # A lost wake-up costs at most this many seconds: the duty itself is a row in PostgreSQL.
    "work-off-due-jobs": {"task": "jobs.tasks.drain", "schedule": 5.0, "options": {"expires": 5}},
    "refresh-funnel-rollup": {"task": "funnel.tasks.refresh_rollup", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-contract-files": {
        "task": "leads.tasks.sweep_contract_files",
        "schedule": 21600.0,
        "options": {"expires": 3600},
    },
    # A digest is one row a day: a tick that finds nothing to do costs one query.
    "gather-digests": {"task": "notifications.tasks.gather_digests", "schedule": 30.0, "options": {"expires": 30}},
    "sweep-notifications": {"task": "notifications.tasks.sweep", "schedule": 86400.0, "options": {"expires": 3600}},
    # A plan is one duty a campaign and day; a campaign that has today's plan costs no write.
    "plan-outreach": {"task": "outreach.tasks.plan", "schedule": 60.0, "options": {"expires": 60}},
    # Rates at half past one, lists at six, of the bank's zone: a duty each a day, owed by whichever tick comes first.
    "owe-the-days-rankings": {"task": "backlog.tasks.owe_days_runs", "schedule": 60.0, "options": {"expires": 60}},
    # Promises whose day has passed, at half past six: one duty a day, as for the rankings.
    "judge-the-days-promises": {"task": "leads.tasks.owe_the_day", "schedule": 60.0, "options": {"expires": 60}},
    # The night's forecast, a count of desks each ten minutes, Monday's letters: duties with names of their own.
    "owe-the-dashboards": {"task": "dashboards.tasks.owe_by_the_clock", "schedule": 60.0, "options": {"expires": 60}},
    # The rule's first final word on a running test is kept with its day: counts that wander back do not take it away.
    "look-at-hypotheses": {"task": "hypotheses.tasks.look", "schedule": 3600.0, "options": {"expires": 3600}},
    # Requests to the lawyers whose day has come, at eight in the morning: a duty a day as well.
    "tell-the-lawyers-days": {"task": "documents.tasks.owe_the_day", "schedule": 60.0, "options": {"expires": 60}},
    # Chains what was committed since; the head is written down outside once an hour, whichever tick comes first.
    "chain-the-audit": {"task": "audit.tasks.chain", "schedule": 5.0, "options": {"expires": 5}},
    "anchor-the-audit": {"task": "audit.tasks.anchor", "schedule": 300.0, "options": {"expires": 300}},
    "watch-unusual-viewing": {"task": "audit.tasks.watch", "schedule": 300.0, "options": {"expires": 300}},
    "sweep-kept-answers": {"task": "jobs.tasks.sweep_answers", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-old-events": {"task": "webhooks.tasks.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
    # A warning that a token ends is given once, whichever tick comes first.
    "warn-of-tokens": {"task": "accounts.tasks.warn_of_expiry", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-access-log": {"task": "accounts.tasks.sweep_calls", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-sessions": {"task": "accounts.tasks.sweep_sessions", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-bulk-loads": {"task": "imports.tasks.sweep_bulk_loads", "schedule": 86400.0, "options": {"expires": 3600}},
    "forget-form-addresses": {"task": "forms.tasks.forget", "schedule": 86400.0, "options": {"expires": 3600}},
    # Shows that beat is alive, and a worker with it.
    "show-that-beat-lives": {"task": "monitoring.tasks.beat", "schedule": 15.0, "options": {"expires": 15}},
    "sweep-recorded-runs": {"task": "monitoring.tasks.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
    # What has been kept long enough goes at night: one duty a rule and day.
    "owe-retention": {"task": "privacy.tasks.owe_retention", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-finished-jobs": {"task": "jobs.tasks.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
}

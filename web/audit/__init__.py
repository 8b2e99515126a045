"""«Аудит»: who saw whom, what somebody did, a record's history; for auditors and administrators."""

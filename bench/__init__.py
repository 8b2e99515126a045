"""Measurements: each `bench_*.py` has a `run()` that yields its figures as dictionaries."""

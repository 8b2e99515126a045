"""The priority engine, the verdict on a hypothesis and the forecast: plain arithmetic on numpy columns.

No framework and no database here: the running system, the command line and the tests call the same functions.
Formula numbers (``rule 4``) are the steps of the engine as ``docs/priority.md`` numbers them.
"""

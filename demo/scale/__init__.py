"""Believable data by the million, for measuring: drawn with numpy, written by COPY into tables without their indexes.

Unlike the story it goes round the services, so every rule that it must keep (a lead stands where its last entry says,
passages are what the log says) is held by tests that count it again.
"""

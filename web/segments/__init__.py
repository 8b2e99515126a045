"""Segments and the UTP of each."""

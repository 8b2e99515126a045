"""Faults on purpose: what was acknowledged is counted again after kills and freezes of every part."""

"""Backups that can be trusted: made of one snapshot, checked before use, loaded whole or not at all."""

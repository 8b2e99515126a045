"""Agents, clients, contacts."""

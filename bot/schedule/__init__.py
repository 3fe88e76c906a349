"""Timed work."""

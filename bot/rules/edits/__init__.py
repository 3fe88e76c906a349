"""Rules on what a change does to existing PEPs: to their status, their text, their owners."""

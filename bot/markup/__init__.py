"""Reads reStructuredText with docutils, in processes of its own because strangers wrote the text.

Nothing else in the bot calls docutils, and no rule about PEPs belongs here.
"""

"""Keeps deliveries on disk until they are handled, and runs the worker that has them handled.

What a delivery means is not known here; that is for `bot.handlers`.
"""

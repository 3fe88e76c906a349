"""Runs the rules, and finds the next number, without a server: for authors and for workflows.

Nothing here sends a request to GitHub. The command line itself is in `bot.cli`.
"""

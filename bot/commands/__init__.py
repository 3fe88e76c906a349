"""The `/pep` commands that people give in comments: registry, permissions and results.

`grammar/` parses them, `verbs/` has one file per command and what undoes it. Nothing here does I/O:
a command returns what to write, and `bot.handlers` writes it.
"""

"""The `/pep` commands that people give in comments: registry, permissions and results.

`grammar/` parses them, and `verbs/` has them, those that belong together in one file. Nothing here
does I/O: a command returns what to write, and `bot.handlers` writes it.
"""

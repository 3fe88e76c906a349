"""The engine that runs the rules, and the code they share: registry, findings, assessments.

No rule lives here; each is a file of its own, next to this folder or in one of its siblings.
"""

"""What runs the rules, and what they share: the registry, findings, and how a new PEP stands.

No rule lives here; a rule is a file of its own beside this folder or in one of the others.
"""

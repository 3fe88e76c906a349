"""Who decides on a PEP, what shows that somebody did, and whether a PEP is ready for it."""

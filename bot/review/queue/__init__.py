"""Open pull requests by whose turn it is, and what is left to do after a merge. No words here."""

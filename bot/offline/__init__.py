"""The rules and numbers without a server, for an author's own machine and for workflows."""

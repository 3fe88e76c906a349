"""Reading reStructuredText with docutils, apart from everything else, since strangers wrote it."""

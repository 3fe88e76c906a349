"""Rules on which files a change adds, moves and removes."""

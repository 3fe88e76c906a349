"""Mechanical fixes: the files as they would be, suggestions on lines, prepared changes."""

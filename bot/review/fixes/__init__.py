"""Mechanical fixes: fixed files, suggestions and patches, and changes prepared on request.

Nothing is written to GitHub here, and no file on disk is changed.
"""

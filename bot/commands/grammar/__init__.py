"""Parses text into commands or syntax errors. It knows nothing of permissions or effects."""

"""The policy: a repository's settings, read from built-in defaults and its own file on top.

The defaults are the TOML files in this folder. Nothing here reads GitHub or decides on a pull
request.
"""

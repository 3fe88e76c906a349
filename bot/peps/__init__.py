"""The domain: PEPs, their headers, numbers, people and code owners, and what a change does to them.

Nothing here does I/O, and nothing here decides what a pull request should do: rules do that.
"""

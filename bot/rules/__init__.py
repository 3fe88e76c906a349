"""One file a rule: what a pull request changed goes in, findings come out. No I/O.

Importing this package's `registry` loads every rule module in the folder, so adding a rule means
adding a file and its test, nothing else.
"""

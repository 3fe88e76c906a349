"""One file a rule: what a pull request changed goes in, findings come out. No I/O.

`engine/` loads every module here, so adding a rule means adding a file and its test, nothing else.
"""

"""The rules, one file each: a rule takes what a pull request changes and yields findings. No I/O.

`engine/` loads every module here, so adding a rule means adding a file and its test, nothing else.
Code that several rules share belongs in `engine/`.
"""

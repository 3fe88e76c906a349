"""What the bot makes of a pull request: snapshot, verdict, desired state, plan of writes.

Plain functions and data. Nothing here reads from or writes to GitHub, a database or a file.
"""

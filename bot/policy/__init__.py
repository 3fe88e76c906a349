"""What a repository wants: built-in defaults as data, and its own file on top."""

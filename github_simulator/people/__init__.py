"""What a test has people do: make accounts and repositories, open, push, comment, merge."""

"""What people do, as methods for tests: create accounts and repositories, open, push, merge."""

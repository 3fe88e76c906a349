"""The forum, read only and by choice: day and writer of posts, and titles of threads."""

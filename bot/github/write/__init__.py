"""Writing to GitHub: labels, comments, check runs, reactions, the queue's issue."""

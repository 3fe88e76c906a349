"""What is read from GitHub: snapshots of pull requests, people, texts of PEPs."""

"""Reading from GitHub: snapshots of pull requests, people, texts of PEPs. Nothing is written."""

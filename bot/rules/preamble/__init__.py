"""Rules on the header of a PEP: what each line of it may say, line by line and file by file."""

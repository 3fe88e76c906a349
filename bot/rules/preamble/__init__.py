"""Rules on the header of a PEP: its form, and the value of each header. No other code."""

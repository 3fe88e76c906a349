"""Text in, parsed commands out: which lines are commands, their forms, and what is wrong."""

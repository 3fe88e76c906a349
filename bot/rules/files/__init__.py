"""Rules on files: which ones a change adds, moves, removes or must not edit. No other code."""

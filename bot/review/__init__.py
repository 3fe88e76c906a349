"""Snapshot -> Verdict -> desired state -> plan of writes: plain functions, no I/O."""

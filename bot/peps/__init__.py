"""The domain: what PEPs, their headers, numbers, people and owners are. No I/O."""

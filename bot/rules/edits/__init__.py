"""Rules on changes to existing PEPs: to their status, text and relations. No other code."""

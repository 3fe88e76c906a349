"""How GitHub is asked: credentials, requests, refusals, caches, limits. Nothing about PEPs."""

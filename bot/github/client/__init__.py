"""The GitHub client: credentials, requests, failures, caches, rate limits. Nothing about PEPs."""

"""The REST API: routes, authorization, rate limits, and one file per group of endpoints."""

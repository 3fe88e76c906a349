"""The REST API: routes, who may ask, rate limits, and one file a group of endpoints."""

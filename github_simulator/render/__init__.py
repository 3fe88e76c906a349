"""The model as GitHub's JSON, the same for API answers and webhook payloads."""

"""Renders the model as GitHub's JSON, for both API answers and webhook payloads."""

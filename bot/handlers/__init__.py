"""Handles deliveries: which pull request, issue or repository one concerns, and what to do.

Rules, texts for people and requests to GitHub live elsewhere (`rules`, `review`, `github`).
"""

"""Reads posts and topic titles from the forum (Discourse), if the policy asks for it.

Nothing is ever written to the forum; what a post means for a PEP is judged elsewhere.
"""

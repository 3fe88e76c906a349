"""Durable deliveries and the workers that handle them."""

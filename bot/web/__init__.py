"""The aiohttp application: webhook, health, metrics, and the public pages with their templates.

Requests are only answered here. What a delivery leads to is done elsewhere, by the worker.
"""

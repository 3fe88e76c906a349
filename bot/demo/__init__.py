"""The demo: a new PEP from opened to merged, on a simulated GitHub, through real HTTP.

Only the demo's story and its output are here; the simulated GitHub is `github_simulator`.
"""

"""The demo: a new PEP's life from opened to merged, on a simulated GitHub, through real HTTP."""

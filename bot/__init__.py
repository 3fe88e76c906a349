"""The PEP editor bot: a pull request goes in, an editor's review comes out.

docs/contributor.md describes the packages and which may import which.
"""

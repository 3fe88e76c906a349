"""The PEP editor bot: a pull request goes in, an editor's review comes out.

The rooms and the arrows between them are described in docs/contributor.md.
"""

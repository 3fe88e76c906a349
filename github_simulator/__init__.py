"""A GitHub on this machine: stateful, faithful in what hurts, for the demo and for tests.

`GitHubSimulator` is the way in. It speaks the part of GitHub's REST API that the bot uses, sends
signed webhooks, and can be told to misbehave.
"""

from github_simulator.github import GitHubSimulator

__all__ = ["GitHubSimulator"]

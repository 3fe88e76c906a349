"""A simulated GitHub for the demo and for tests: stateful, and faithful where bots stumble.

`GitHubSimulator` is the class to use. It has the part of GitHub's REST API that the bot uses, sends
signed webhooks, and misbehaves on request. It must not import the bot.
"""

from github_simulator.github import GitHubSimulator

__all__ = ["GitHubSimulator"]

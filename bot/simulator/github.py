"""The simulated GitHub under the name its users look for."""

from bot.simulator.simulator import GitHubSimulator

__all__ = ["GitHubSimulator"]

"""Benchmarks of the bot: each figure is compared with its target and a floor of the same run."""

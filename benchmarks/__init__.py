"""How fast the bot is, measured: each figure beside its target and a floor of the same run."""

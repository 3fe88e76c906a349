"""The commands, one file each; see `bot.commands.registry`."""

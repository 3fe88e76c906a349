"""The commands, one file each, and nothing else; see `bot.commands.registry`."""

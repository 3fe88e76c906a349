"""Everything that talks to GitHub. What to write there is decided in `bot.review`."""

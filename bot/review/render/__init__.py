"""All text that the bot writes on GitHub, as Markdown, with its templates.

Nothing here decides anything; it puts into words what the other folders of `bot.review` found.
"""

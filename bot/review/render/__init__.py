"""All words and Markdown the bot writes on GitHub, with their templates."""

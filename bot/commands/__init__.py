"""What people may ask of the bot in a comment: grammar, registry, one file a command. No I/O."""

"""Posts and titles on the forum (Discourse), read only, where the policy wants them read."""

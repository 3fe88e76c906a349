"""What GitHub knows: accounts, repositories, issues, checks, apps, git. No HTTP, no JSON."""

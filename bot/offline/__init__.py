"""The rules and numbers without a server: `check` and `numbers` on somebody's own machine or in CI."""

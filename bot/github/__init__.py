"""All that talks to GitHub: app authentication, client, snapshot reader, writer."""

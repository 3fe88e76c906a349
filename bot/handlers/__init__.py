"""Which event concerns which subject, and what is done about it."""

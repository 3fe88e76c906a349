"""Changes the model and sends the webhooks for it; used by simulated people and by the API."""

"""What changes the model and announces it, for people and for the API alike."""

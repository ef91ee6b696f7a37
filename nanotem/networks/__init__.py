"""What is about a network, whatever it shows: its files, its card, the proof that it is itself, and inference."""

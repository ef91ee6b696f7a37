"""Training of the networks; nothing else imports it but its command."""

"""What is found, and how sure: witnesses propose particles, and a judge tells which of them are true."""

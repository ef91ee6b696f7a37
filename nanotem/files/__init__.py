"""Files that every system takes, and that are whole or not there."""

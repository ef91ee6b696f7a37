"""Corrections by hand: a log of edits, its file, and how they are carried out."""

"""Speed, memory and accuracy, side by side with baselines; run from the root of the repository."""

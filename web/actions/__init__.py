"""One action: its page, and the presses that move, time, rank and rework it."""

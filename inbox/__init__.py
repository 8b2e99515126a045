"""What bank systems tell us, signed: stored first, worked off after."""

"""Who changed and who saw what, in a chain that shows every cut."""

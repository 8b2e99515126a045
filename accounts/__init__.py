"""Who works here: users, teams as a tree, roles, the one rule of visibility, service tokens."""

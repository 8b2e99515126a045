"""The community of practice: findings to read, publish, like and borrow."""

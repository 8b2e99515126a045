"""The priority engine, the verdict and the forecast as plain arithmetic. Knows no framework and no database."""

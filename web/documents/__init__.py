"""Papers: contracts in preparation, their templates, requests to the bank's lawyers."""

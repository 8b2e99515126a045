"""Version 1 of the contract, a module a resource. Within v1 there are only additions."""

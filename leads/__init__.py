"""The work on a party for one initiative: stage, owner, next step, and the facts that open the gates."""

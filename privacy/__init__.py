"""What the law gives a person over what is kept of him: a copy, an erasure, an end of keeping."""

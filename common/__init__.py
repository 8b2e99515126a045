"""Ground floor: no business noun lives here, and no table of its own."""

"""Public forms: what a visitor of a site sends, guarded against spam, taken in as a lead."""

"""What is sold, to whom, through whom: products, initiatives, segments, UTPs, and the parties with their contacts."""

"""What an operator watches: figures for Prometheus, the board of jobs, heartbeats."""

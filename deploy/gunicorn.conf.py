"""The web server of the demo and of the containers alike; numbers come from the environment."""

import os
from pathlib import Path

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Above the longest statement the database allows a request (15 s), below the proxy's patience.
timeout = 60
graceful_timeout = 20
keepalive = 5
# Workers renew a file to prove they live; on a slow disk that write alone can look like a hang.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Its socket would lie in the home directory, which a container's account does not have.
control_socket_disable = True
accesslog = "-" if os.environ.get("WEB_ACCESS_LOG") == "1" else None
errorlog = "-"

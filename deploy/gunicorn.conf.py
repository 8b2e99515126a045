"""The web server of the demo and of the containers alike; numbers come from the environment."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
# Threads, as "gthread" has them, and clients that are not waited for without end.
worker_class = "runner.webserver.Worker"
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
# Without the query and the page before: whoever searches by a phone has it there.
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
errorlog = "-"

# Figures of several processes meet in files of a folder, which must be known before the application is loaded.
figures = Path(tempfile.mkdtemp(prefix="salescrm-figures-")) if os.environ.get("METRICS_TOKEN") else None
if figures:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)


def post_worker_init(_worker: Any) -> None:
    """The application is loaded and nothing is served yet."""
    from monitoring import pulse

    pulse.start()


def worker_exit(_server: Any, _worker: Any) -> None:
    from monitoring import pulse

    pulse.stop()


def child_exit(_server: Any, worker: Any) -> None:
    """What a dead worker holds open is not in flight any more."""
    if figures:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    if figures:
        shutil.rmtree(figures, ignore_errors=True)

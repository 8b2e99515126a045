"""The system under fault: as for a bank, but without TLS in front, with nobody's story in it."""

import os

from salescrm.settings import env
from salescrm.settings.base import *
from salescrm.settings.base import STORAGES

SECRET_KEY = env.required("SECRET_KEY")
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "runner.staticfiles.QuickManifestStorage"}}
PUBLIC_URL = f"http://localhost:{os.environ.get('PORT', '8000')}"

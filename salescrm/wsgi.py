"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from common.bodies import whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.prod")

application = whole(get_wsgi_application())

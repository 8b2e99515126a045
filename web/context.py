"""What the frame of every page asks for: theme, keys, the width of the menu, the demo mark."""

from django.conf import settings
from django.http import HttpRequest

from channels import quarantine

THEMES = {"light": "crm-light", "dark": "crm-dark"}


def shell(request: HttpRequest) -> dict[str, object]:
    """The reader's own settings; a guest gets the defaults. Asks the database nothing."""
    user = getattr(request, "user", None)
    theme = str(getattr(user, "theme", "auto"))
    return {
        "demo_mode": getattr(settings, "DEMO_MODE", False),
        "quarantined": quarantine.known().quarantined,
        "ui_theme": theme,
        "ui_theme_name": THEMES.get(theme, ""),
        "ui_keys": bool(getattr(user, "keys_enabled", True)),
        "ui_rail": "mini" if request.COOKIES.get("rail") == "mini" else "full",
    }

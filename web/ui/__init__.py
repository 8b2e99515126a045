"""The components that pages are written with. The library of tags is `web.templatetags.ui`."""

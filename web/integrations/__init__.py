"""What the bank's own systems may do here, and what they did: one module per matter, one tab each.

A page of this area extends ``integrations/frame.html``. To add one: its view in a module of the matter, its line in
``urls.py`` under the name that ``web/templatetags/integration_tabs.py`` lists, its line in the policy (INTEGRATIONS).
Administrators change, auditors read: ``reader`` or ``administrator`` of ``rights.py`` stands first in every view.
"""

"""Contract documents: templates, the finished DOCX and PDF, requests to the bank's lawyers."""

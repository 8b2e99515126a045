#!/usr/bin/env bash
# The application's role owns its database and is no superuser: a hole in it is not a hole in the server.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --set password="$APP_DB_PASSWORD" --username "${POSTGRES_USER:-postgres}" <<'SQL'
CREATE ROLE salescrm LOGIN PASSWORD :'password';
CREATE DATABASE salescrm OWNER salescrm;
SQL

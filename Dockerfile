FROM python:3.13-slim

RUN pip install --no-cache-dir uv && useradd --create-home bot && mkdir /data && chown bot /data
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
# The dependencies in a layer of their own, so that a change of the bot does not fetch them again.
# Compiled here: the bot's user may not write beside them, and compiling at each start takes seconds.
RUN uv sync --frozen --no-dev --no-install-project --compile-bytecode
COPY bot ./bot
COPY github_simulator ./github_simulator
RUN uv sync --frozen --no-dev --no-editable --compile-bytecode

USER bot
# Unless DATABASE_URL names a PostgreSQL database, the store is a file: mount a disk that lasts at
# /data. The process runs there, not in /app, so that
# the installed and compiled bot is what is imported.
WORKDIR /data
ENV DATABASE_URL=sqlite:////data/pep-bot.sqlite3 LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
# In exec form, so that the bot itself gets SIGTERM; it ends within ten seconds.
CMD ["/app/.venv/bin/pep-bot", "serve"]

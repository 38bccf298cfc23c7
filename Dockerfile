# The dependencies are built in a layer of their own, which stays until Cargo.lock or a manifest changes.
FROM rust:1.95-slim-bookworm AS chef
RUN cargo install --locked cargo-chef@0.1.78
WORKDIR /build

FROM chef AS plan
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS build
COPY --from=plan /build/recipe.json recipe.json
RUN cargo chef cook --locked --release --package server --recipe-path recipe.json
COPY . .
RUN cargo build --locked --release --package server

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Groundwork" \
      org.opencontainers.image.description="The backend a team starts a multi-tenant product from" \
      org.opencontainers.image.licenses="MIT"

# The user is a number, so that an orchestrator sees that it is not root.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 groundwork \
    && useradd --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin groundwork \
    && install --directory --owner 10001 --group 10001 --mode 0700 /app/data
COPY --from=build /build/target/release/server /app/server
COPY LICENSE /app/LICENSE

WORKDIR /app
USER 10001:10001

# In production nothing has a default that would be unsafe: started without its settings, the server
# names all that are missing. Only data/ is ever written.
ENV APP_ENV=production \
    LISTEN=0.0.0.0:8080
VOLUME ["/app/data"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/app/server", "healthcheck"]
ENTRYPOINT ["/app/server"]

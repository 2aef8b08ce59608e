# One image for every role: `docker build -t pressroom .`, or through docker-compose.yml.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# Also generates the database client and builds the studio.
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app ./
RUN mkdir /data && chown node:node /data
USER node
# The Node that came with the dependencies is the one that is tested.
ENV PATH=/app/node_modules/.bin:$PATH NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, so that signals reach the server.
CMD ["node", "--no-node-snapshot", "--disable-warning=ExperimentalWarning", "engine/main.ts", "start"]

# OpenTrail in a container. It listens on loopback, where any key is taken: share the host's network
# (docs/recipes), or give it --host 0.0.0.0 with --auth verify and TLS (docs/access-control.md).
FROM node:20-bookworm-slim AS build
WORKDIR /opentrail
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm rebuild && npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
WORKDIR /opentrail
ENV NODE_ENV=production OPENTRAIL_DATA=/data
COPY --from=build /opentrail/node_modules node_modules
COPY --from=build /opentrail/dist dist
COPY --from=build /opentrail/package.json /opentrail/opentrail /opentrail/LICENSE ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4770
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD node -e "fetch('http://127.0.0.1:'+(process.env.OPENTRAIL_PORT||4770)+'/_opentrail/health/ready').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"
ENTRYPOINT ["./opentrail"]
CMD ["start"]

import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type Config, ConfigError } from "./config.ts";

/** How long a client may take: to send its headers, its whole request, and until an idle connection is closed. */
const timeouts = { headersTimeout: 30_000, requestTimeout: 3_600_000, keepAliveTimeout: 75_000 };

export interface Listener {
  /** `http://127.0.0.1:4770` */
  readonly url: string;
  /** Takes no more calls; resolves when those under way have their answers. */
  close(): Promise<void>;
}

interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Serves on the configured address. Throws a ConfigError of one line when it can't be had. */
export async function openListener(config: Config, tls: Tls | undefined, gateway: RequestListener): Promise<Listener> {
  const server = tls ? createTlsServer({ ...timeouts, ...tls }, gateway) : createServer(timeouts, gateway);
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    url: `${tls ? "https" : "http"}://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // A connection whose call was under way stays open after it, for the client's next call.
        const closeIdle = setInterval(() => server.closeIdleConnections(), 100);
        server.close(() => {
          clearInterval(closeIdle);
          resolve();
        });
      }),
  };
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} on ${host} is in use; stop the program that has it, or give another with --port`;
      const other = `OpenTrail can't listen on ${host}:${port} (${error.code}); give another --host or --port`;
      reject(new ConfigError(error.code === "EADDRINUSE" ? taken : other));
    });
    server.listen(port, host, resolve);
  });
}

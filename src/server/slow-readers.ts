import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";

/** When a client that doesn't read its answers is cut off. */
export interface Patience {
  /** Without a byte of a waiting answer taken, in milliseconds. */
  readonly ms: number;
  /** Bytes that wait to be read, of all connections together: beyond it the one with the most goes first. */
  readonly bytes: number;
}

const lookEveryMs = 1_000;

/** What a connection has taken, and since when it hasn't taken more. */
interface Taken {
  bytes: number;
  at: number;
}

/**
 * Cuts off clients that don't read their answers, so that what waits for them stays bounded. `onCut` is told of each.
 * Large answers must be written in pieces: a piece that was taken as a whole is what shows that a client reads.
 */
export function cutSlowReaders(server: Server, patience: Patience, onCut: () => void): void {
  const open = new Map<Socket, Taken>();
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    open.set(socket, { bytes: 0, at: Date.now() });
    socket.on("close", () => open.delete(socket));
  });

  function cut(socket: Socket): void {
    onCut();
    socket.destroy();
  }

  function look(): void {
    const now = Date.now();
    const waiting: Socket[] = [];
    let bytes = 0;
    for (const [socket, taken] of open) {
      if (socket.writableLength === 0) {
        taken.at = now;
        continue;
      }
      const sofar = socket.bytesWritten - socket.writableLength;
      if (sofar !== taken.bytes) {
        taken.bytes = sofar;
        taken.at = now;
      }
      if (now - taken.at > patience.ms) cut(socket);
      else {
        waiting.push(socket);
        bytes += socket.writableLength;
      }
    }
    waiting.sort((one, other) => one.writableLength - other.writableLength);
    while (bytes > patience.bytes) {
      const socket = waiting.pop();
      if (!socket) break;
      bytes -= socket.writableLength;
      cut(socket);
    }
  }

  const timer = setInterval(look, lookEveryMs).unref();
  server.on("close", () => clearInterval(timer));
}

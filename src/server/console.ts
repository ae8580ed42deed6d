import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { WireResponse } from "../aws/http.ts";
import type { OwnRoute } from "../gateway/index.ts";

/** Where the console is served; its files lie beside the server's own code, as `npm run build` makes them. */
const root = "/console/";
const built = fileURLToPath(new URL("../../dist/console/", import.meta.url));

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json",
  png: "image/png",
  woff2: "font/woff2",
};

// Only what comes from here; fonts and icons are in the style sheets. Nobody may frame it.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const security = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

const text = { "content-type": "text/plain; charset=utf-8", ...security };

interface BuiltFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Compressed once, for the first who asks. */
  zipped?: Promise<Buffer>;
}

/** The console's files, read at the first request; a path that names none gets the page, which knows its own paths. */
export function consoleRoutes(folder = built): [path: string, OwnRoute][] {
  let files: ReadonlyMap<string, BuiltFile> | undefined;
  return [
    [
      root,
      async ({ method, path, headers }) => {
        if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { ...text, allow: "GET, HEAD" } };
        files ??= readFiles(folder);
        const page = files.get("index.html");
        if (!page) return { status: 503, headers: text, body: 'The console isn\'t built; run "npm run build".\n' };
        const file = files.get(path.slice(root.length));
        if (file) return send(file, headers);
        const isFile = path.startsWith(`${root}assets/`);
        return isFile ? { status: 404, headers: text, body: `There is nothing at ${path}\n` } : send(page, headers);
      },
    ],
  ];
}

function readFiles(folder: string): ReadonlyMap<string, BuiltFile> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(folder, path).split(sep).join("/");
      return [name, fileOf(name, readFileSync(path))];
    }),
  );
}

function fileOf(name: string, body: Buffer): BuiltFile {
  // The names of assets tell their content, so a new build has new ones.
  const lasts = name.startsWith("assets/");
  return {
    body,
    headers: {
      "content-type": types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
      "cache-control": lasts ? "public, max-age=31536000, immutable" : "no-cache",
      etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
      vary: "accept-encoding",
      ...security,
    },
  };
}

const zip = promisify(gzip);

async function send(file: BuiltFile, asked: Readonly<Record<string, string>>): Promise<WireResponse> {
  const { body, headers } = file;
  if (asked["if-none-match"] === headers.etag) return { status: 304, headers };
  if (!/\bgzip\b/.test(asked["accept-encoding"] ?? "")) return { status: 200, headers, body };
  file.zipped ??= zip(body);
  return { status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: await file.zipped };
}

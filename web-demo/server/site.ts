// The built page over HTTP, to this machine only.
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import type { Config } from "../shared/config.js";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

interface Resource {
  type: string;
  bytes: Uint8Array;
  /** Its name has a hash of what is in it. */
  isForever: boolean;
}

export class Site {
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #bridgeUrl: string;

  private constructor(resources: ReadonlyMap<string, Resource>, bridgeUrl: string) {
    this.#resources = resources;
    this.#bridgeUrl = bridgeUrl;
  }

  /** All of it into memory, so that no request reaches the file system. */
  static async load(folder: string, config: Config): Promise<Site> {
    const resources = new Map<string, Resource>();
    for (const path of await filesOf(folder)) {
      const name = `/${relative(folder, path).split(sep).join("/")}`;
      const type = types[extname(path)] ?? "application/octet-stream";
      resources.set(name, { type, bytes: await readFile(path), isForever: name.startsWith("/assets/") });
    }
    const bytes = new TextEncoder().encode(JSON.stringify(config));
    resources.set("/config.json", { type: "application/json", bytes, isForever: false });
    const index = resources.get("/index.html");
    if (!index) throw new Error(`There is no page in ${folder}: build it with npm run build.`);
    resources.set("/", index);
    return new Site(resources, config.bridge);
  }

  /** `host` is the request's, and was found to be this server's own. */
  answer(request: IncomingMessage, response: ServerResponse, host: string): void {
    for (const [name, value] of Object.entries(this.#headers(host))) response.setHeader(name, value);
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse(response, 405, "Only GET and HEAD are answered here.");
      return;
    }
    const [path = ""] = (request.url ?? "").split("?");
    const resource = this.#resources.get(path);
    if (!resource) {
      refuse(response, 404, "There is no such page.");
      return;
    }
    response.setHeader("Content-Type", resource.type);
    response.setHeader("Content-Length", resource.bytes.byteLength);
    response.setHeader("Cache-Control", resource.isForever ? "public, max-age=31536000, immutable" : "no-cache");
    response.end(request.method === "HEAD" ? undefined : resource.bytes);
  }

  #headers(host: string): Record<string, string> {
    const policy = [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ws://${host} ${new URL(this.#bridgeUrl).origin}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ];
    return {
      "Content-Security-Policy": policy.join("; "),
      // Isolated from other origins, a page has a clock of 5 µs, which round trips on one machine need.
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    };
  }
}

export function refuse(response: ServerResponse, status: number, why: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`${why}\n`);
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : [path];
  });
  return (await Promise.all(found)).flat();
}

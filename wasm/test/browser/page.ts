import { run } from "./scenario.js";

const bridge = new URL(location.href).searchParams.get("bridge") ?? "";

function fail(context: string, problem: string): void {
  void fetch("/result", { method: "POST", body: JSON.stringify({ context, problem }) });
}

await run("page", "/dist/web.js", bridge);
await run("page, served as another type", "/dist-untyped/web.js", bridge);
await run("page, in a single file", "/dist/single.js", bridge);

const query = `?bridge=${encodeURIComponent(bridge)}`;
const worker = new Worker(`/browser/worker.mjs${query}`, { type: "module" });
worker.onerror = ({ message }) => fail("worker", message);
const shared = new SharedWorker(`/browser/shared_worker.mjs${query}`, { type: "module" });
shared.onerror = () => fail("shared worker", "It did not load.");
shared.port.start();
shared.port.postMessage("run");

import { run } from "./scenario.js";

await run("worker", "/dist/web.js", new URL(location.href).searchParams.get("bridge") ?? "");

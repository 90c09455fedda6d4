import { run } from "./scenario.js";

// Set before anything is awaited: the first page connects as soon as the script has run.
(globalThis as unknown as { onconnect: unknown }).onconnect = ({ ports }: { ports: MessagePort[] }) => {
  const [port] = ports;
  if (!port) return;
  port.onmessage = () =>
    void run("shared worker", "/dist/web.js", new URL(location.href).searchParams.get("bridge") ?? "");
};

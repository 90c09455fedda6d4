// What `npm pack` makes, installed into an empty project and used as its users do.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { packageRoot, run } from "./support/program.js";

const loopback = `
  const gatherer = new RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"] });
  await gatherer.gather();
  console.log(gatherer.getLocalCandidates().length, version);
  gatherer.close();`;
const expected = "1 0.1.0\n";
let project = "";

async function succeed(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd: project, limitMs: 120_000 });
  assert.equal(code, 0, `${command} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

before(async () => {
  project = await mkdtemp(join(tmpdir(), "portico-project-"));
  // Built already, and other tests use that build.
  const packed = await succeed("npm", "pack", "--ignore-scripts", "--json", "--pack-destination", project, packageRoot);
  const [{ filename = "" } = {}] = JSON.parse(packed) as { filename: string }[];
  await writeFile(join(project, "package.json"), '{ "name": "project", "private": true, "type": "module" }');
  await succeed("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", join(project, filename));
});
after(() => rm(project, { recursive: true, force: true }));

void test("it is imported as an ES module", async () => {
  await writeFile(join(project, "use.js"), `import { RTCIceGatherer, version } from "portico";${loopback}`);
  assert.equal(await succeed(process.execPath, "use.js"), expected);
});

void test("its single file is imported, too", async () => {
  await writeFile(join(project, "single.js"), `import { RTCIceGatherer, version } from "portico/single";${loopback}`);
  assert.equal(await succeed(process.execPath, "single.js"), expected);
});

const talk = `
  const [one, other] = [0, 1].map(() => new RTCPeerConnection({ bindAddresses: ["127.0.0.1"] }));
  one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
  other.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => channel.send("You said: " + data));
  const channel = one.createDataChannel("chat");
  channel.onopen = () => channel.send("hello");
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  console.log((await new Promise((resolve) => (channel.onmessage = resolve))).data);
  one.close();
  other.close();`;

void test("its RTCPeerConnection connects", async () => {
  await writeFile(join(project, "talk.js"), `import { RTCPeerConnection } from "portico";${talk}`);
  assert.equal(await succeed(process.execPath, "talk.js"), "You said: hello\n");
});

void test("its polyfill sets the globals that are missing, from the same module, and leaves the others", async () => {
  await writeFile(join(project, "polyfill.js"), `import "portico/polyfill";${talk}`);
  assert.equal(await succeed(process.execPath, "polyfill.js"), "You said: hello\n");
  const source = `
    class Own {}
    globalThis.RTCIceCandidate = Own;
    await import("portico/polyfill");
    const portico = await import("portico");
    console.log(RTCIceCandidate === Own, Object.keys(globalThis).includes("RTCPeerConnection"));
    const names = Object.keys(portico).filter((name) => globalThis[name] === portico[name]);
    console.log(names.join(" "));`;
  await writeFile(join(project, "present.js"), source);
  const expected = [
    ...["RTCCertificate", "RTCDataChannel", "RTCDataChannelEvent", "RTCDtlsTransport", "RTCError", "RTCErrorEvent"],
    ...["RTCIceTransport", "RTCPeerConnection", "RTCPeerConnectionIceErrorEvent", "RTCPeerConnectionIceEvent"],
    ...["RTCSctpTransport", "RTCSessionDescription", "RTCStatsReport"],
  ];
  assert.equal(await succeed(process.execPath, "present.js"), `true false\n${expected.join(" ")}\n`);
});

void test("it works in a worker thread", async () => {
  await writeFile(join(project, "worker.js"), `import { RTCIceGatherer, version } from "portico";${loopback}`);
  const source = `import { Worker } from "node:worker_threads"; new Worker(new URL("worker.js", import.meta.url));`;
  await writeFile(join(project, "threads.js"), source);
  assert.equal(await succeed(process.execPath, "threads.js"), expected);
});

void test("its command runs", async () => {
  assert.match(await succeed(join(project, "node_modules/.bin/portico"), "--version"), /0\.1\.0/);
});

void test("esbuild bundles the single file, for Node and for pages, and the module beside it", async () => {
  const contents = `import { RTCIceGatherer, version } from "portico/single";${loopback}`;
  const common = {
    stdin: { contents, resolveDir: project },
    bundle: true,
    format: "esm",
    absWorkingDir: project,
  } as const;
  await build({ ...common, platform: "node", outfile: "bundled/node.mjs", external: ["ws"] });
  assert.equal(await succeed(process.execPath, "bundled/node.mjs"), expected);
  const page = await build({ ...common, platform: "browser", target: "es2022", outfile: "bundled/page.js" });
  assert.deepEqual(page.warnings, []);
  const text = await readFile(join(project, "bundled/page.js"), "utf8");
  assert.doesNotMatch(text, /node:/);
});

void test("its types serve a TypeScript program in strict mode, with Node's types alone and with the DOM's", async () => {
  const source = `
    import {
      BridgeTransport, RTCDataChannel, RTCIceGatherer, RTCIceTransport, RTCPeerConnection, type RTCIceCandidate,
    } from "portico";
    import { version } from "portico/single";
    import "portico/polyfill";
    const gatherer: RTCIceGatherer = new RTCIceGatherer({ transport: new BridgeTransport("wss://bridge.example/udp") });
    gatherer.onicecandidate = ({ candidate }) => { const text: string | undefined = candidate?.candidate; void text; };
    const transport = new RTCIceTransport(gatherer).on("statechange", () => {});
    const pairs: readonly RTCIceCandidate[] = transport.getRemoteCandidates();
    export function send(channel: RTCDataChannel): void {
      channel.onmessage = ({ data }) => { const got: string | ArrayBuffer | Blob = data; void got; };
      channel.send(new Uint8Array(3));
    }
    export async function offer(connection: RTCPeerConnection): Promise<string> {
      connection.ondatachannel = ({ channel }) => send(channel);
      connection.onicecandidate = ({ candidate }) => connection.addIceCandidate(candidate);
      await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
      const [stats] = (await connection.getStats()).values();
      void stats?.timestamp;
      return connection.localDescription?.sdp ?? "";
    }
    void pairs; void version;`;
  await mkdir(join(project, "typed"), { recursive: true });
  await writeFile(join(project, "typed/use.ts"), source);
  const types = join(packageRoot, "node_modules/@types");
  const tsc = join(packageRoot, "node_modules/typescript/bin/tsc");
  for (const [lib, used] of [
    [["ES2022"], ["node"]],
    [["ES2022", "DOM"], []],
  ]) {
    for (const [module, moduleResolution] of [
      ["NodeNext", "NodeNext"],
      ["ESNext", "Bundler"],
    ]) {
      const compilerOptions = {
        ...{ target: "ES2022", module, moduleResolution, lib, types: used, typeRoots: [types] },
        ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true },
      };
      const config = join(project, "typed/tsconfig.json");
      await writeFile(config, JSON.stringify({ compilerOptions, files: ["use.ts"] }));
      await succeed(process.execPath, tsc, "-p", config);
    }
  }
});

void test("it holds what it needs and nothing else", async () => {
  const installed = join(project, "node_modules/portico");
  await stat(join(installed, "dist/portico.wasm"));
  await stat(join(installed, "README.md"));
  await assert.rejects(stat(join(installed, "src")));
  await assert.rejects(stat(join(installed, "test")));
  const types = await readFile(join(installed, "dist/types/objects/core_object.d.ts"), "utf8");
  assert.doesNotMatch(types, /_handle/, "what is internal is in no type");
});

// What a page or a worker does: connects to the test's own peer through the bridge, and gets everything back.
type Portico = typeof import("portico");
type Channel = import("portico").RTCDataChannel;

export interface Side {
  ice: { usernameFragment: string; password: string };
  candidates: object[];
  dtls: { role: "auto"; fingerprints: object[] };
}

async function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, { method: "POST", body: JSON.stringify(body) });
}

function echo(channel: Channel, data: string | ArrayBuffer | Blob): Promise<unknown> {
  return new Promise((resolve) => {
    channel.onmessage = (event) => resolve(event.data);
    channel.send(data);
  });
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`Not so: ${what}`);
}

async function talk(portico: Portico, bridge: string): Promise<void> {
  let error = "";
  try {
    void new portico.RTCIceGatherer().gather();
  } catch (thrown) {
    error = `${(thrown as Error).name} ${(thrown as Error).message}`;
  }
  check(
    /^NotSupportedError .*BridgeTransport/.test(error),
    `without a transport a page is told of the bridge: ${error}`,
  );

  const transport = new portico.BridgeTransport(bridge);
  const gatherer = new portico.RTCIceGatherer({ iceServers: [], transport });
  const ice = new portico.RTCIceTransport(gatherer);
  const dtls = new portico.RTCDtlsTransport(ice);
  const sctp = new portico.RTCSctpTransport(dtls);
  const channel = sctp.createDataChannel("browser");
  const opened = new Promise((resolve) => (channel.onopen = resolve));
  await gatherer.gather();
  const mine = {
    ice: gatherer.getLocalParameters(),
    candidates: gatherer.getLocalCandidates(),
    dtls: dtls.getLocalParameters(),
  };
  const theirs = (await (await post("/signal", mine)).json()) as Side;
  for (const candidate of theirs.candidates) void ice.addRemoteCandidate(candidate);
  await Promise.all([ice.start(theirs.ice), dtls.start(theirs.dtls), sctp.start({ maxMessageSize: 262_144 })]);
  await opened;
  check((await echo(channel, "häi")) === "häi", "text comes back");
  const binary = Uint8Array.from({ length: 100_000 }, (_, i) => i & 0xff);
  const same = new Uint8Array((await echo(channel, binary.buffer)) as ArrayBuffer);
  check(same.length === binary.length && same.every((byte, i) => byte === binary[i]), "binary comes back");
  channel.binaryType = "blob";
  const blob = (await echo(channel, new Blob(["in a ", "Blob"]))) as Blob;
  check(blob instanceof Blob && (await blob.text()) === "in a Blob", "a Blob comes back");
  await ice.stop();
  check(dtls.state === "closed" && channel.readyState === "closed", "stop() closes everything");
}

export async function run(context: string, module: string, bridge: string): Promise<void> {
  let problem: string | null = null;
  try {
    await talk((await import(module)) as Portico, bridge);
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
  }
  await post("/result", { context, problem });
}

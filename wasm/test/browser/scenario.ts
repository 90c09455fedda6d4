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

async function talkBySdp(portico: Portico, bridge: string): Promise<void> {
  const { RTCPeerConnection, BridgeTransport } = portico;
  const without = new RTCPeerConnection();
  without.createDataChannel("x");
  const told = new Promise<string>((resolve) => (without.onicecandidateerror = (event) => resolve(event.errorText)));
  await without.setLocalDescription();
  check(/BridgeTransport/.test(await told), "without a transport a connection tells of the bridge");
  without.close();

  const connection = new RTCPeerConnection({ transport: new BridgeTransport(bridge) });
  const channel = connection.createDataChannel("browser");
  const opened = new Promise((resolve) => (channel.onopen = resolve));
  const gathered = new Promise<void>((resolve) => {
    connection.onicecandidate = ({ candidate }) => (candidate === null ? resolve() : undefined);
  });
  await connection.setLocalDescription();
  await gathered;
  const answer = await post("/offer", connection.localDescription);
  await connection.setRemoteDescription((await answer.json()) as { type: "answer"; sdp: string });
  await opened;
  check((await echo(channel, "häi")) === "häi", "text comes back to a connection");
  const event = new Promise<MessageEvent>((resolve) => (channel.onmessage = (it) => resolve(it as MessageEvent)));
  channel.send("from where?");
  check((await event).origin === location.origin, "a message has the page's origin");
  check((await connection.getStats()).size > 0, "there are statistics");
  connection.close();
  check(channel.readyState === "closed", "close() closes everything");
}

/** A worker has no RTCPeerConnection of its own; a page has, and keeps it. */
async function checkPolyfill(portico: Portico, module: string): Promise<void> {
  const own = (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection;
  await import(module.replace("web.js", "polyfill_web.js"));
  const now = (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection;
  check(now === (own ?? portico.RTCPeerConnection), "the polyfill sets what is missing, and nothing else");
}

export async function run(context: string, module: string, bridge: string): Promise<void> {
  let problem: string | null = null;
  try {
    const portico = (await import(module)) as Portico;
    await talk(portico, bridge);
    await talkBySdp(portico, bridge);
    if (module.endsWith("web.js")) await checkPolyfill(portico, module);
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
  }
  await post("/result", { context, problem });
}

// What happens when: one connection at a time, from the click to the end.
import type { Config } from "../../shared/config.js";
import { type NativeEvent, newRoom, type Role } from "../../shared/signalling.js";
import type { Layer, PeerEvent } from "../peer/messages.js";
import { announce } from "./announcer.js";
import { bridgeAnswers } from "./bridge_probe.js";
import { BrowserEnd } from "./browser_end.js";
import { Chat } from "./chat.js";
import { Diagram } from "./diagram.js";
import { byId } from "./dom.js";
import { Drop } from "./drop.js";
import type { FarSideObserver, SignallingEnd } from "./far_side.js";
import { clearFacts, showFacts } from "./facts.js";
import { Figure } from "./figure.js";
import { FloodSwitch } from "./flood_switch.js";
import { milliseconds } from "./format.js";
import { Invitation } from "./invitation.js";
import { Layers } from "./layers.js";
import { Meters } from "./meters.js";
import { Notice } from "./notice.js";
import { PeerClient } from "./peer_client.js";
import { ServerEnd } from "./server_end.js";
import { Status } from "./status.js";
import { type Target, targets } from "./targets.js";
import { Transfers } from "./transfers.js";

export class Demo {
  readonly #config: Config;
  readonly #notice = new Notice();
  readonly #status = new Status();
  readonly #invitation = new Invitation();
  readonly #figure = new Figure();
  readonly #diagram = new Diagram();
  readonly #layers = new Layers();
  readonly #meters = new Meters();
  readonly #flood = new FloodSwitch((on) => this.#peer.do({ command: "flood", on }));
  readonly #chat = new Chat((text) => this.#peer.do({ command: "say", text }));
  readonly #transfers = new Transfers((id) => this.#peer.do({ command: "cancel-file", id }));
  readonly #drop = new Drop({
    onFile: (file) => this.#peer.do({ command: "send-file", id: ++this.#files, file }),
    onNobody: () =>
      this.#notice.show("Nobody is there to take it", "Connect this tab to a peer, and drop the file again."),
  });
  readonly #peer = new PeerClient(
    (event) => this.#onPeerEvent(event),
    (why) => this.#onBroken(why),
  );
  #files = 0;
  /** Of connect(): what an earlier one still has to say does not count. */
  #attempt = 0;
  #target: Target | null = null;
  #far: SignallingEnd | null = null;

  constructor(config: Config) {
    this.#config = config;
    byId("disconnect", HTMLButtonElement).addEventListener("click", () => this.disconnect());
  }

  redraw(): void {
    this.#meters.redraw();
  }

  async lookForBridge(): Promise<boolean> {
    const there = await this.#askBridge();
    if (there) this.#notice.hide();
    else this.#showNoBridge(() => void this.lookForBridge());
    return there;
  }

  async #askBridge(): Promise<boolean> {
    Status.vital("bridge", "waiting", "asking");
    const there = await bridgeAnswers(this.#config.bridge);
    Status.vital("bridge", there ? "good" : "bad", there ? this.#config.bridge : "not there");
    this.#figure.light("bridge", there);
    return there;
  }

  /** `room`: of another tab's invitation. */
  async connect(target: Target, room: string | null = null): Promise<void> {
    this.#end();
    const attempt = this.#attempt;
    this.#target = target;
    this.#notice.hide();
    this.#status.choose(target);
    this.#status.set("waiting", "Asking the bridge");
    const words = targets[target];
    this.#diagram.reset(words);
    this.#layers.reset();
    clearFacts();
    this.#meters.reset();
    this.#chat.begin(words.name, words.note);
    this.#transfers.begin(words.name);
    this.#peer.start();

    const there = await this.#askBridge();
    if (attempt !== this.#attempt) return;
    if (!there) {
      this.#giveUp("No bridge");
      this.#showNoBridge(() => void this.connect(target, room));
      return;
    }
    try {
      this.#far = this.#open(target, room, attempt);
    } catch (thrown) {
      // A browser may have its WebRTC switched off.
      this.#fail("That can’t be started", String(thrown));
    }
  }

  #open(target: Target, room: string | null, attempt: number): SignallingEnd {
    const observer: FarSideObserver = {
      onRole: (role) => this.#begin(role),
      onSignal: (signal) => this.#peer.do({ command: "signal", signal }),
      onNativeEvent: (event) => this.#onNativeEvent(event),
      onEnded: (why) => {
        if (attempt === this.#attempt) this.#fail("The connection ended", why);
      },
    };
    if (target === "browser") return new BrowserEnd(this.#config.stun, observer);
    if (target === "native") {
      this.#status.set("waiting", "Starting the native peer");
      return new ServerEnd({ join: "native" }, observer);
    }
    const meeting = room ?? newRoom();
    this.#status.set("waiting", "Waiting for the other tab");
    const link = this.#invitation.show(meeting);
    if (room === null) window.open(link, "_blank", "noopener");
    return new ServerEnd({ join: "room", room: meeting }, observer);
  }

  #begin(role: Role): void {
    if (!this.#target) return;
    this.#invitation.hide();
    this.#status.set("waiting", `Connecting to ${targets[this.#target].phrase}`);
    this.#peer.do({ command: "connect", role, bridge: this.#config.bridge });
  }

  disconnect(): void {
    this.#end();
    this.#status.set("idle", "Disconnected");
    announce("Disconnected");
  }

  // The ways in which it ends ----------------------------------------------------------------------------------------

  #end(): void {
    ++this.#attempt;
    this.#far?.close();
    this.#far = null;
    this.#target = null;
    this.#peer.do({ command: "close" });
    this.#invitation.hide();
    this.#status.choose(null);
    this.#layers.close();
    this.#figure.reset();
    this.#diagram.end();
    this.#meters.end();
    this.#transfers.end();
    this.#enable(false);
  }

  #giveUp(status: string): void {
    this.#end();
    this.#status.set("bad", status);
  }

  #fail(title: string, why: string): void {
    const target = this.#target;
    this.#giveUp("Not connected");
    this.#notice.show(title, why, target && (() => void this.connect(target)));
  }

  #onBroken(why: string): void {
    Status.vital("core", "bad", "stopped");
    this.#fail("Portico’s core stopped", why);
  }

  #showNoBridge(again: () => void): void {
    const text =
      `Nothing answers at ${this.#config.bridge}. A page has no UDP of its own; portico-bridge carries it, and without one ` +
      "this tab reaches nobody. It may have been stopped, or it does not permit this page, which its log would say. " +
      "Start it again with scripts/demo --web.";
    this.#notice.show("The bridge is not there", text, again);
  }

  #enable(on: boolean): void {
    this.#chat.enable(on);
    this.#drop.enable(on);
    this.#flood.enable(on);
  }

  // What is heard ----------------------------------------------------------------------------------------------------

  #onPeerEvent(event: PeerEvent): void {
    if (event.event === "ready") {
      Status.vital("core", "good", `${event.version}, ready in ${milliseconds(event.milliseconds)}`);
      return;
    }
    // The last connection's words may still be on their way.
    if (!this.#target) return;
    if (event.event === "signal") this.#far?.send(event.signal);
    else if (event.event === "state") this.#onState(event.layer, event.state, event.milliseconds);
    else if (event.event === "candidate") this.#diagram.add(event.side, event.candidate);
    else if (event.event === "selected") this.#diagram.select(event.local, event.remote);
    else if (event.event === "facts") showFacts(event.facts);
    else if (event.event === "open") this.#onOpen(event.milliseconds);
    else if (event.event === "connection") this.#onConnection(event.state);
    else if (event.event === "heard") this.#chat.hear(event.text);
    else if (event.event === "round-trip") this.#meters.addRoundTrip(event.milliseconds);
    else if (event.event === "traffic") this.#meters.addTraffic(event.sent, event.received);
    else if (event.event === "file") this.#transfers.update(event.file);
    else if (event.event === "flood") this.#flood.show(event.on);
    else if (event.event === "bridge-lost") this.#onBridgeLost(event.why);
    else this.#notice.show("Something is wrong", event.problem);
  }

  #onState(layer: Layer, state: string, after: number): void {
    this.#layers.set(layer, state, after);
    this.#figure.layer(layer, state);
  }

  #onOpen(after: number): void {
    if (!this.#target) return;
    this.#figure.light("open", true);
    const text = `Connected in ${milliseconds(after)}`;
    this.#status.set("good", text);
    announce(`${text} to ${targets[this.#target].phrase}.`);
    this.#enable(true);
  }

  #onConnection(state: RTCPeerConnectionState): void {
    if (state === "failed") {
      this.#fail("No connection", "ICE found no path, or the one in use broke. The bridge may have gone, or the peer.");
    } else if (state === "disconnected") {
      this.#status.set("waiting", "No answer for a moment");
    }
  }

  #onBridgeLost(why: string): void {
    Status.vital("bridge", "bad", "not there");
    this.#figure.light("bridge", false);
    this.#fail("The bridge has gone", `${why} Start it again with scripts/demo --web.`);
  }

  #onNativeEvent(event: NativeEvent): void {
    if (event.event === "done" && typeof event["sha256"] === "string") this.#transfers.confirm(event["sha256"]);
  }
}

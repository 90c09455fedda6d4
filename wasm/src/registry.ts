// Which JavaScript object a number of the core's stands for, and how long it stays.
//
// An object that can still call its user's code (someone listens and something may happen, or a Promise is pending) is
// anchored: it is held here, and keeps a Node process alive. Any other is held weakly; when it is collected, the core's
// object is released.

export interface RegistryEntry {
  /** @internal */
  readonly _handle: number;
  /** @internal Whether it can still call its user's code. */
  _isAnchored(): boolean;
  /** @internal */
  _onEvent(type: number, number: number, data: number, bytes: number): void;
  /** @internal The module is of no use any more. */
  _onModuleDeath(error: Error): void;
}

export class Registry {
  readonly #objects = new Map<number, WeakRef<RegistryEntry>>();
  readonly #anchored = new Set<RegistryEntry>();
  readonly #watched = new Set<RegistryEntry>();
  readonly #onKeepAlive: (keep: boolean) => void;
  readonly #finalizer: FinalizationRegistry<number>;
  #pending = 0;
  #keepAlive = false;

  constructor(release: (handle: number) => void, onKeepAlive: (keep: boolean) => void) {
    this.#onKeepAlive = onKeepAlive;
    this.#finalizer = new FinalizationRegistry((handle) => {
      this.#objects.delete(handle);
      release(handle);
    });
  }

  get keepAlive(): boolean {
    return this.#keepAlive;
  }
  /** Objects that the core still has. */
  get size(): number {
    return this.#objects.size;
  }

  add(entry: RegistryEntry): void {
    this.#objects.set(entry._handle, new WeakRef(entry));
    this.#finalizer.register(entry, entry._handle, entry);
  }
  find(handle: number): RegistryEntry | undefined {
    return this.#objects.get(handle)?.deref();
  }
  /** The core's object is released already. */
  remove(entry: RegistryEntry, handle: number): void {
    this.#objects.delete(handle);
    this.#finalizer.unregister(entry);
    this.#anchored.delete(entry);
    this.#watched.delete(entry);
    this.#update();
  }
  /** To be called after whatever may change entry._isAnchored(). */
  review(entry: RegistryEntry): void {
    if (entry._handle !== 0 && entry._isAnchored()) this.#anchored.add(entry);
    else this.#anchored.delete(entry);
    this.#update();
  }
  /** Reviews an object after each turn, as long as it is anchored. */
  watch(entry: RegistryEntry): void {
    this.#watched.add(entry);
    this.review(entry);
  }
  turnEnded(): void {
    for (const entry of this.#watched) {
      this.review(entry);
      if (!this.#anchored.has(entry)) this.#watched.delete(entry);
    }
  }
  /** Work that no object stands for, a WebSocket being opened for instance. */
  hold(): () => void {
    let held = true;
    this.#pending++;
    this.#update();
    return () => {
      if (held) this.#pending--;
      held = false;
      this.#update();
    };
  }
  all(): RegistryEntry[] {
    return [...this.#objects.values()].flatMap((reference) => reference.deref() ?? []);
  }

  #update(): void {
    const keep = this.#pending > 0 || this.#anchored.size > 0;
    if (keep === this.#keepAlive) return;
    this.#keepAlive = keep;
    this.#onKeepAlive(keep);
  }
}

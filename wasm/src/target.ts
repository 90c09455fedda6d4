// What every RTC object is to its listeners: an EventTarget that knows whether anyone listens, with `on…` attributes and
// Node's names for the same thing: on(), once(), off().

export type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

/** The DOM's AddEventListenerOptions. */
export interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignal;
}

interface Registration {
  type: string;
  listener: Listener;
  capture: boolean;
  once: boolean;
}

export class ObservableTarget extends EventTarget {
  readonly #registrations: Registration[] = [];
  readonly #handlers = new Map<string, { handler: Listener | null; listener: Listener }>();

  override addEventListener(type: string, listener: Listener | null, options: boolean | ListenerOptions = {}): void {
    super.addEventListener(type, listener, options);
    if (listener === null) return;
    const { capture = false, once = false, signal } = typeof options === "boolean" ? { capture: options } : options;
    if (signal?.aborted || this.#find(type, listener, capture) >= 0) return;
    this.#registrations.push({ type, listener, capture, once });
    signal?.addEventListener("abort", () => this.#forget(type, listener, capture), { once: true });
    this._observersChanged();
  }

  override removeEventListener(
    type: string,
    listener: Listener | null,
    options: boolean | { capture?: boolean } = {},
  ): void {
    super.removeEventListener(type, listener, options);
    const capture = typeof options === "boolean" ? options : (options.capture ?? false);
    if (listener !== null) this.#forget(type, listener, capture);
  }

  override dispatchEvent(event: Event): boolean {
    const done = super.dispatchEvent(event);
    for (const entry of this.#registrations.filter((one) => one.once && one.type === event.type)) {
      this.#forget(entry.type, entry.listener, entry.capture);
    }
    return done;
  }

  /** Node's name for addEventListener(). The listener gets the event. */
  on(type: string, listener: (event: never) => unknown): this {
    this.addEventListener(type, listener as EventListener);
    return this;
  }
  once(type: string, listener: (event: never) => unknown): this {
    this.addEventListener(type, listener as EventListener, { once: true });
    return this;
  }
  off(type: string, listener: (event: never) => unknown): this {
    this.removeEventListener(type, listener as EventListener);
    return this;
  }

  /** @internal */
  _hasListeners(): boolean {
    return this.#registrations.length > 0;
  }
  /** @internal Someone started or ceased to listen. */
  _observersChanged(): void {}

  /** @internal */
  _handlerOf(type: string): unknown {
    return this.#handlers.get(type)?.handler ?? null;
  }
  /** @internal HTML §8.1.8.1: a handler keeps its place among the listeners when it is replaced. */
  _setHandler(type: string, value: unknown): void {
    const handler = typeof value === "function" || (typeof value === "object" && value) ? (value as Listener) : null;
    const known = this.#handlers.get(type);
    if (handler === null) {
      if (known) this.removeEventListener(type, known.listener);
      this.#handlers.delete(type);
    } else if (known) {
      known.handler = handler;
    } else {
      const entry = { handler, listener: (event: Event) => this.#callHandler(entry.handler, event) };
      this.#handlers.set(type, entry);
      this.addEventListener(type, entry.listener);
    }
  }
  #callHandler(handler: Listener, event: Event): void {
    if (typeof handler === "function") handler.call(this, event);
  }

  #find(type: string, listener: Listener, capture: boolean): number {
    return this.#registrations.findIndex(
      (one) => one.type === type && one.listener === listener && one.capture === capture,
    );
  }
  #forget(type: string, listener: Listener, capture: boolean): void {
    const index = this.#find(type, listener, capture);
    if (index < 0) return;
    this.#registrations.splice(index, 1);
    this._observersChanged();
  }
}

/** The type of an `on…` attribute. */
export type Handler<This, EventType extends Event = Event> = ((this: This, event: EventType) => unknown) | null;

/** Gives a class its `on…` attributes. The class declares them, for their types. */
export function defineHandlers(target: { prototype: ObservableTarget }, types: readonly string[]): void {
  for (const type of types) {
    Object.defineProperty(target.prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: ObservableTarget): unknown {
        return this._handlerOf(type);
      },
      set(this: ObservableTarget, value: unknown) {
        this._setHandler(type, value);
      },
    });
  }
}

// What all RTC objects share: a number of the core's, kept as long as the core's object is of use; afterwards the last
// words of it.
import { core } from "../core.js";
import { type PorticoErrorName, makeError } from "../errors.js";
import { RTCError, RTCErrorEvent, type RTCErrorDetailType } from "../events.js";
import type { TextGetter } from "../exports.js";
import type { RegistryEntry } from "../registry.js";
import { ObservableTarget } from "../target.js";
import type { Adopted, Connection } from "./adoption.js";

export abstract class CoreObject extends ObservableTarget implements RegistryEntry {
  #handle: number;
  readonly #connection: Connection | null;
  readonly #operations = new Set<number>();
  readonly #last = new Map<TextGetter, string>();

  /** @internal `connection`: the RTCPeerConnection that it is a part of. */
  constructor(handle: number, connection: Connection | null = null) {
    super();
    if (typeof handle !== "number") throw makeError("TypeError", `A program can't make an ${new.target.name} itself.`);
    this.#handle = core().check(handle);
    this.#connection = connection;
    core().registry.add(this);
  }

  /** @internal 0 when the core's object was released. */
  get _handle(): number {
    return this.#handle;
  }
  /** @internal */
  get _connection(): Connection | null {
    return this.#connection;
  }
  /** @internal Another part of the same connection. */
  _partOf<T extends object>(handle: number, make: (adopted: Adopted) => T): T {
    if (!this.#connection) throw new Error("Only a part of a connection has others.");
    return this.#connection._part(handle, make);
  }

  // For the classes ----------------------------------------------------------------------------------------------------

  /** @internal The texts that outlive the core's object. */
  protected abstract _getters(): readonly TextGetter[];
  /** @internal Whether something may happen to it that nobody's call causes. */
  protected abstract _isActive(): boolean;
  /** @internal */
  protected abstract _errorDetail(name: PorticoErrorName): RTCErrorDetailType;
  /** @internal */
  abstract _onEvent(type: number, number: number, data: number, bytes: number): void;

  /** @internal */
  _text(getter: TextGetter): string {
    const kept = this.#last.get(getter);
    if (kept !== undefined) return kept;
    return core().text(core().exports[getter](this.#liveHandle()));
  }
  /** @internal */
  _json<T>(getter: TextGetter): T {
    return JSON.parse(this._text(getter)) as T;
  }
  /** @internal For calls: refuses when the core's object is gone. */
  #liveHandle(): number {
    if (this.#handle === 0) throw makeError("InvalidStateError", `The ${this.constructor.name} is closed.`);
    return this.#handle;
  }
  /** @internal */
  _call(call: (handle: number) => number): number {
    return core().check(call(this.#liveHandle()));
  }
  /** @internal */
  _operation(call: (handle: number, operation: number) => number): Promise<void> {
    return this._operationWithResult(call, () => undefined);
  }
  /** @internal `read` makes the Promise's value of what the core says. */
  _operationWithResult<T>(
    call: (handle: number, operation: number) => number,
    read: (result: string) => T,
  ): Promise<T> {
    const handle = this.#liveHandle();
    const promise = core().operations.start(
      (operation) => {
        core().check(call(handle, operation));
        this.#operations.add(operation);
      },
      (operation) => {
        this.#operations.delete(operation);
        this._review();
      },
      read,
    );
    this._review();
    return promise;
  }
  /** @internal Their Promises stay pending for ever. */
  _abandonOperations(): void {
    for (const operation of this.#operations) core().operations.forget(operation);
    this.#operations.clear();
    this._review();
  }

  /** @internal */
  _dispatchError(name: PorticoErrorName, message: string): void {
    const error = new RTCError({ errorDetail: this._errorDetail(name) }, message, this._errorName(name));
    this.dispatchEvent(new RTCErrorEvent("error", { error }));
  }
  /** @internal W3C webrtc-pc §11.1 has one name for all. */
  protected _errorName(name: PorticoErrorName): PorticoErrorName {
    return this.#connection ? "OperationError" : name;
  }
  /** @internal */
  _dispatchCoreError(code: number, message: string): void {
    const { exports, memory } = core();
    this._dispatchError(memory.text(exports.portico_error_name(code)) as PorticoErrorName, message);
  }

  // Its life -----------------------------------------------------------------------------------------------------------

  /** @internal */
  _isAnchored(): boolean {
    return this.#operations.size > 0 || (this._hasListeners() && this._isActive());
  }
  /** @internal To be called after whatever may change _isAnchored(). */
  _review(): void {
    core().registry.review(this);
  }
  /** @internal */
  override _observersChanged(): void {
    this._review();
  }

  /** @internal Closed, and all was told: remembers what is still asked for, and lets go of the core's object. A
   * connection's parts stay as long as it may ask for them. */
  _finish(): void {
    if (this.#handle === 0 || this.#connection?._isOver === false) return;
    for (const getter of this._getters()) this.#last.set(getter, this._text(getter));
    const handle = this.#handle;
    this.#handle = 0;
    core().registry.remove(this, handle);
    core().exports.portico_release(handle);
  }

  /** @internal */
  _onModuleDeath(error: Error): void {
    const handle = this.#handle;
    for (const getter of this._getters()) this.#last.set(getter, getter.endsWith("_state") ? "closed" : "null");
    this.#handle = 0;
    core().registry.remove(this, handle);
    this._tellOfDeath(error);
  }
  /** @internal */
  protected _tellOfDeath(error: Error): void {
    this._dispatchError("OperationError", error.message);
  }
}

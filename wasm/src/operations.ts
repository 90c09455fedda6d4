// What the core does later: numbers on its side, Promises on this one.

interface Pending {
  resolve(result: string): void;
  reject(error: Error): void;
}

export class Operations {
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  /** `begin` gets the operation's number, and throws what is wrong at once. `done` runs before the Promise settles;
   * `read` makes its value of the result, which is empty where the call has none. */
  start<T>(
    begin: (operation: number) => void,
    done: (operation: number) => void,
    read: (result: string) => T,
  ): Promise<T> {
    this.#last = this.#last === 0x7fffffff ? 1 : this.#last + 1;
    const operation = this.#last;
    begin(operation);
    const promise = new Promise<T>((resolve, reject) => {
      this.#pending.set(operation, {
        resolve: (result) => {
          done(operation);
          resolve(read(result));
        },
        reject: (error) => {
          done(operation);
          reject(error);
        },
      });
    });
    return handled(promise);
  }

  settle(operation: number, outcome: string | Error): void {
    const pending = this.#pending.get(operation);
    this.#pending.delete(operation);
    if (typeof outcome === "string") pending?.resolve(outcome);
    else pending?.reject(outcome);
  }

  /** Its Promise stays pending for ever. */
  forget(operation: number): void {
    this.#pending.delete(operation);
  }

  failAll(error: Error): void {
    for (const operation of [...this.#pending.keys()]) this.settle(operation, error);
  }
}

/** A failure that nobody awaits is told by an event or a state as well: it is no reason to end a Node process. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Web IDL §3.7.7: an operation that returns a Promise never throws. */
export function promised<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return begin();
  } catch (error) {
    return handled(Promise.reject(error as Error));
  }
}

// What the core does later: numbers on its side, Promises on this one.

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

export class Operations {
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  /** `begin` gets the operation's number, and throws what is wrong at once. `done` runs before the Promise settles. */
  start(begin: (operation: number) => void, done: () => void): Promise<void> {
    this.#last = this.#last === 0x7fffffff ? 1 : this.#last + 1;
    const operation = this.#last;
    begin(operation);
    const promise = new Promise<void>((resolve, reject) => {
      this.#pending.set(operation, {
        resolve: () => {
          done();
          resolve();
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
    });
    return handled(promise);
  }

  settle(operation: number, error: Error | null): void {
    const pending = this.#pending.get(operation);
    this.#pending.delete(operation);
    if (error) pending?.reject(error);
    else pending?.resolve();
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

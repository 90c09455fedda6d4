// Rooms for two pages each. Who comes first waits, and offers once the second is there.
import type { Role, Signal } from "../shared/signalling.js";

/** What waits or talks at the same time. */
export const maxRooms = 64;

export interface Member {
  begin(role: Role): void;
  take(signal: Signal): void;
  end(why: string): void;
}

/** A member's hold on its room. */
export interface Seat {
  send(signal: Signal): void;
  leave(): void;
}

export class Rooms {
  readonly #rooms = new Map<string, Member[]>();

  /** Or why not, in a sentence. */
  join(name: string, member: Member): Seat | string {
    const members = this.#rooms.get(name) ?? [];
    if (members.length === 2) return "Two tabs are in this room already: open a new one from the first.";
    if (members.length === 0 && this.#rooms.size >= maxRooms) return "All rooms are taken. Try again in a while.";
    members.push(member);
    this.#rooms.set(name, members);
    const [first, second] = members;
    if (first && second) {
      second.begin("answer");
      first.begin("offer");
    }
    const other = () => members.find((one) => one !== member);
    return {
      send: (signal) => other()?.take(signal),
      leave: () => {
        if (this.#rooms.get(name) !== members) return;
        this.#rooms.delete(name);
        other()?.end("The other tab has gone.");
      },
    };
  }
}

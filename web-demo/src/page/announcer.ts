// What a screen reader says without being asked: the few turns of a connection, not each state and number.
import { byId } from "./dom.js";

export function announce(sentence: string): void {
  byId("announcer", HTMLElement).textContent = sentence;
}

// The words of `portico doctor`. They are the core's (core/doctor), as a module of its own beside this file.
import { readFile } from "node:fs/promises";

export interface DoctorLetter {
  /** False: connections are likely to fail. */
  healthy: boolean;
  /** For people: what was found, what it means, what to do. */
  letter: string;
  findings: { id: string; severity: "fault" | "warning" | "note"; means: string; advice: string }[];
}

interface DoctorExports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  portico_doctor_allocate(bytes: number): number;
  portico_doctor_letter(facts: number): number;
}

/** `facts`: core/doctor/facts.h has the members. What is missing counts as not known. */
export async function doctorLetter(facts: object): Promise<DoctorLetter> {
  const module = new Uint8Array(await readFile(new URL("portico-doctor.wasm", import.meta.url)));
  const { instance } = await WebAssembly.instantiate(module, { portico: { out_of_memory: outOfMemory } });
  const exports = instance.exports as unknown as DoctorExports;
  exports._initialize?.();
  const bytes = new TextEncoder().encode(`${JSON.stringify(facts)}\0`);
  const pointer = exports.portico_doctor_allocate(bytes.byteLength);
  new Uint8Array(exports.memory.buffer).set(bytes, pointer);
  const letter = exports.portico_doctor_letter(pointer);
  const memory = new Uint8Array(exports.memory.buffer);
  return JSON.parse(new TextDecoder().decode(memory.subarray(letter, memory.indexOf(0, letter)))) as DoctorLetter;
}

function outOfMemory(): never {
  throw new RangeError("There is no memory for the doctor's letter.");
}

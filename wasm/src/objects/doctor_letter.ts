// `portico doctor`'s letter. The words are the core's, so that they are the same everywhere.
import { core } from "../core.js";

export interface DoctorFinding {
  id: string;
  severity: "fault" | "warning" | "note";
  means: string;
  /** "" where there is nothing to do. */
  advice: string;
}

export interface DoctorLetter {
  /** False: connections are likely to fail. */
  healthy: boolean;
  /** For people: what was found, what it means, what to do. */
  letter: string;
  findings: DoctorFinding[];
}

/** `facts`: what a program has found out about its connectivity; core/doctor/facts.h has the members, which are those that
 * `portico doctor --json` prints. What is missing counts as not known. */
export function doctorLetter(facts: object): DoctorLetter {
  const [text = 0] = core().texts(JSON.stringify(facts));
  return JSON.parse(core().text(core().exports.portico_doctor_letter(text), "TypeError")) as DoctorLetter;
}

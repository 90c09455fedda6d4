// Reads a command line by a table of options, and prints the table as help. node:util's parseArgs() does the first of
// these in Node, but the same arguments start a peer in a page, where there is none.
import { fail } from "./problem.js";

export interface OptionRow {
  /** Without its dashes. */
  name: string;
  /** What its value is called; a flag has none. */
  value?: string;
  repeatable?: boolean;
  /** Lines. */
  help: string[];
  /** A whole number in these bounds. */
  range?: [number, number];
  group?: string;
  /** Not in the help. */
  hidden?: boolean;
}

export interface CommandTable {
  name: string;
  summary: string;
  options: OptionRow[];
  /** What stands alone, for instance a file; all of them are required. */
  positionals?: { name: string; help: string }[];
  footer?: string[];
}

export interface ParsedLine {
  flags: Set<string>;
  values: Map<string, string[]>;
  positionals: string[];
  /** --help was among them: nothing else counts. */
  help: boolean;
}

function isRefusedBy(row: OptionRow, value: string): boolean {
  if (row.range === undefined) return false;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  return !(number >= row.range[0] && number <= row.range[1]);
}

/** Throws a SyntaxError with a sentence. */
export function parseLine(table: CommandTable, argv: readonly string[]): ParsedLine {
  const parsed: ParsedLine = { flags: new Set(), values: new Map(), positionals: [], help: false };
  const unexpected: string[] = [];
  let onlyPositionals = false;
  for (let i = 0; i < argv.length; ++i) {
    const argument = argv[i] as string;
    if (onlyPositionals || argument === "-" || !argument.startsWith("-")) {
      if (parsed.positionals.length < (table.positionals?.length ?? 0)) parsed.positionals.push(argument);
      else unexpected.push(argument);
      continue;
    }
    if (argument === "--") {
      onlyPositionals = true;
      continue;
    }
    const [rawName = "", ...rest] = argument.split("=");
    if (rawName === "-h" || rawName === "--help") {
      parsed.help = true;
      return parsed;
    }
    const row = table.options.find((option) => rawName === `--${option.name}`);
    if (row === undefined) {
      unexpected.push(argument);
      continue;
    }
    if (row.value === undefined) {
      parsed.flags.add(row.name);
      continue;
    }
    const value = rest.length > 0 ? rest.join("=") : argv[++i];
    if (value === undefined || (rest.length > 0 && value === "")) {
      fail("SyntaxError", `${rawName}: 1 required ${row.value} missing`);
    }
    if (isRefusedBy(row, value)) {
      const [low, high] = row.range as [number, number];
      fail("SyntaxError", `${rawName}: Value ${value} not in range ${low} to ${high}`);
    }
    const values = parsed.values.get(row.name) ?? [];
    values.push(value);
    if (values.length > 1 && row.repeatable !== true) {
      fail("SyntaxError", `${rawName}: At Most 1 required but received ${values.length}`);
    }
    parsed.values.set(row.name, values);
  }
  if (unexpected.length > 0) {
    const what = unexpected.length === 1 ? "argument was" : "arguments were";
    fail("SyntaxError", `The following ${what} not expected: ${unexpected.join(" ")}`);
  }
  const missing = table.positionals?.[parsed.positionals.length];
  if (missing !== undefined) fail("SyntaxError", `${missing.name} is required`);
  return parsed;
}

const column = 30;

function helpRow(left: string, lines: readonly string[]): string {
  const [first = "", ...more] = lines;
  const begin =
    `  ${left}`.length < column ? `  ${left}`.padEnd(column) : `  ${left}\n`.padEnd(`  ${left}\n`.length + column);
  return [begin + first, ...more.map((line) => " ".repeat(column) + line)].join("\n");
}

function optionHelp(row: OptionRow): string {
  let left = `--${row.name}`;
  if (row.value !== undefined) left += ` ${row.value}`;
  if (row.range !== undefined) left += ` in [${row.range[0]} - ${row.range[1]}]`;
  if (row.repeatable === true) left += " ...";
  return helpRow(left, row.help);
}

export function helpOf(program: string, table: CommandTable): string {
  const positionals = table.positionals ?? [];
  const usage = ["Usage:", program, table.name, "[OPTIONS]", ...positionals.map(({ name }) => name)].join(" ");
  const sections = [`${table.summary}\n${usage}`];
  if (positionals.length > 0) {
    sections.push(["Positionals:", ...positionals.map(({ name, help }) => helpRow(name, [help]))].join("\n"));
  }
  const shown = table.options.filter((row) => row.hidden !== true);
  for (const group of new Set(["Options", ...shown.map((row) => row.group ?? "Options")])) {
    const rows = shown.filter((row) => (row.group ?? "Options") === group).map(optionHelp);
    if (group === "Options") rows.unshift(helpRow("-h,--help", ["Print this help message and exit"]));
    sections.push([`${group}:`, ...rows].join("\n"));
  }
  if (table.footer !== undefined) sections.push(table.footer.join("\n"));
  return sections.join("\n\n") + "\n";
}

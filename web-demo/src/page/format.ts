// Numbers for people. Megabytes are 10^6 bytes, as on the axis of the plot.

export function bytes(count: number): string {
  if (count < 1000) return `${String(count)} B`;
  if (count < 1_000_000) return `${digits(count / 1000)} KB`;
  if (count < 1_000_000_000) return `${digits(count / 1_000_000)} MB`;
  return `${digits(count / 1_000_000_000)} GB`;
}

export function rate(bytesPerSecond: number): string {
  return `${bytes(Math.round(bytesPerSecond))}/s`;
}

/** Three figures or so. */
export function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function milliseconds(value: number): string {
  return value >= 10_000 ? `${digits(value / 1000)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

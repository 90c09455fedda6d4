// A line that redraws itself, for people at a terminal. To anything else it says nothing.
import type { TransferCount } from "./transfer.js";

const barColumns = 30;

/** "1.5 MB", "268.4 MB", "12 bytes". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes.toFixed(0)} bytes`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  for (bytes /= 1000; bytes >= 999.95 && unit + 1 < units.length; ++unit) bytes /= 1000;
  return `${bytes.toFixed(1)} ${units[unit] ?? ""}`;
}

/** "1.2 s", "4 min 05 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(Math.min(seconds, 1e9));
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

export class ProgressBar {
  #drawn = false;

  draw({ bytes, total, seconds }: TransferCount): void {
    if (!process.stderr.isTTY) return;
    const part = total === 0 ? 0 : bytes / total;
    const rate = seconds > 0 ? bytes / seconds : 0;
    const bar = "#".repeat(Math.round(part * barColumns)).padEnd(barColumns, ".");
    const left = rate > 0 ? `${formatSeconds((total - bytes) / rate)} left` : "";
    const percent = (part * 100).toFixed(0).padStart(3);
    process.stderr.write(`\r\x1b[K[${bar}] ${percent} %  ${formatBytes(bytes)}  ${formatBytes(rate)}/s  ${left}`);
    this.#drawn = true;
  }

  clear(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[K");
    this.#drawn = false;
  }
}

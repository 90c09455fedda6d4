// The page begins.
import { type Config, readConfig } from "../shared/config.js";
import { Demo } from "./page/demo.js";
import { Invitation } from "./page/invitation.js";
import { Notice } from "./page/notice.js";
import { isTarget } from "./page/targets.js";
import { watchTheme } from "./page/theme.js";

async function askForConfig(): Promise<Config> {
  const config = readConfig(await (await fetch("/config.json")).json());
  if (config) return config;
  throw new Error("The server does not say where the bridge is.");
}

async function begin(): Promise<void> {
  const demo = new Demo(await askForConfig());
  onTheme = () => demo.redraw();
  for (const choice of document.querySelectorAll<HTMLButtonElement>(".choice")) {
    choice.addEventListener("click", () => {
      const { target } = choice.dataset;
      if (isTarget(target)) void demo.connect(target);
    });
  }
  const room = Invitation.accepted();
  if (room === null) await demo.lookForBridge();
  else await demo.connect("tab", room);
}

let onTheme: () => void = () => undefined;
// First of all, so that a dark page does not begin light.
watchTheme(() => onTheme());
begin().catch((thrown: unknown) => {
  new Notice().show("The page could not begin", String(thrown), () => location.reload());
});

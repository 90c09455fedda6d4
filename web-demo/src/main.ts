// The page begins.
import { isObject } from "../shared/signalling.js";
import { Demo } from "./page/demo.js";
import { Invitation } from "./page/invitation.js";
import { isTarget } from "./page/targets.js";
import { watchTheme } from "./page/theme.js";

async function bridgeUrl(): Promise<string> {
  const config: unknown = await (await fetch("/config.json")).json();
  if (isObject(config) && typeof config["bridge"] === "string") return config["bridge"];
  throw new Error("The server does not say where the bridge is.");
}

const demo = new Demo(await bridgeUrl());
watchTheme(() => demo.redraw());
for (const choice of document.querySelectorAll<HTMLButtonElement>(".choice")) {
  choice.addEventListener("click", () => {
    const { target } = choice.dataset;
    if (isTarget(target)) void demo.connect(target);
  });
}
const room = Invitation.accepted();
if (room === null) await demo.lookForBridge();
else await demo.connect("tab", room);

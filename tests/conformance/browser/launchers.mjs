// How a browser is started with a fresh profile, and how a page is opened and closed in it.
//
// Pages of `origin` may use the microphone. None does, but browsers show the addresses of all interfaces to whoever may (the loopback's
// too, as they are told here); to others they show the one that leads to the Internet alone, behind a name of mDNS.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const startSeconds = 30;

function start(command, parameters) {
  const child = spawn(command, parameters, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const end = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { child, end };
}

/** What `find` gives, once it gives something. */
async function appears(find, what) {
  for (const deadline = Date.now() + startSeconds * 1000; Date.now() < deadline; ) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`The browser gave no ${what} in ${startSeconds} s.`);
}

/** DevTools and WebDriver BiDi have the same frames: what sends one, and gives what is answered. */
async function connect(address, WebSocket) {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map();
  let lastId = 0;
  socket.on("message", (data) => {
    const answer = JSON.parse(data);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return async (method, params = {}) => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, method, params }));
    const answer = await new Promise((resolve) => waiting.set(id, resolve));
    if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error)} ${answer.message ?? ""}`);
    return answer.result;
  };
}

/** DevTools opens and closes pages. */
async function chromium(profile, origin, WebSocket) {
  const { child, end } = start(process.env.PORTICO_CHROMIUM ?? "chromium", [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--no-default-browser-check",
    // A page that is not in front runs as fast as one that is.
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    "--allow-loopback-in-peer-connection", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank",
  ]);
  child.stderr.resume();
  const address = await appears(() => {
    try {
      const [, port, path] = /^(\d+)\n(.+)/.exec(readFileSync(join(profile, "DevToolsActivePort"), "utf8")) ?? [];
      return path && `ws://127.0.0.1:${port}${path}`;
    } catch {
      return undefined;
    }
  }, "address");
  const ask = await connect(address, WebSocket);
  await ask("Browser.grantPermissions", { origin, permissions: ["audioCapture"] });
  const { product } = await ask("Browser.getVersion");
  return {
    version: `Chromium ${product.split("/")[1]}`,
    end,
    async open(url) {
      const { targetId } = await ask("Target.createTarget", { url });
      return () => void ask("Target.closeTarget", { targetId }).catch(() => undefined);
    },
  };
}

const firefoxPreferences = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.min_background_timeout_value": 4,
  "dom.timeout.enable_budget_timer_throttling": false,
  "extensions.systemAddon.update.enabled": false,
  "media.peerconnection.ice.loopback": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "",
  "toolkit.telemetry.enabled": false,
};

/** WebDriver BiDi opens and closes pages. */
async function firefox(profile, origin, WebSocket) {
  const permissions = join(profile, "portico-permissions");
  writeFileSync(permissions, `origin\tmicrophone\t1\t${origin}\n`);
  const preferences = { ...firefoxPreferences, "permissions.manager.defaultsUrl": pathToFileURL(permissions).href };
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const { child, end } = start(process.env.PORTICO_FIREFOX ?? "firefox-esr", [
    "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank",
  ]);
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  const address = await appears(() => /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1], "address");
  const ask = await connect(`${address}/session`, WebSocket);
  const { capabilities } = await ask("session.new", { capabilities: {} });
  // One after another: a tab that is made while one closes may look for the one that is gone.
  let tabs = Promise.resolve();
  const inOrder = (task) => {
    const done = tabs.then(task);
    tabs = done.catch(() => undefined);
    return done;
  };
  const close = (context) => ask("browsingContext.close", { context });
  return {
    version: `Firefox ${capabilities.browserVersion}`,
    end,
    async open(url) {
      const { context } = await inOrder(() => ask("browsingContext.create", { type: "tab" }));
      await ask("browsingContext.navigate", { context, url, wait: "none" });
      return () => void inOrder(() => close(context)).catch(() => undefined);
    },
  };
}

export const launchers = { chromium, firefox };

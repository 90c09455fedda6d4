// How a browser is started with a fresh profile, and how a page is opened and closed in it.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** DevTools' HTTP endpoints open and close pages. */
async function chromium(profile) {
  const { child, end } = start(process.env.PORTICO_CHROMIUM ?? "chromium", [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--no-default-browser-check",
    // A page that is not in front runs as fast as one that is.
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank",
  ]);
  child.stderr.resume();
  const port = await appears(() => {
    try {
      return readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n")[0];
    } catch {
      return undefined;
    }
  }, "port");
  const endpoint = `http://127.0.0.1:${port}/json`;
  return {
    end,
    async open(url) {
      const { id } = await (await fetch(`${endpoint}/new?${encodeURI(url)}`, { method: "PUT" })).json();
      return () => void fetch(`${endpoint}/close/${id}`).catch(() => undefined);
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
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "",
  "toolkit.telemetry.enabled": false,
};

/** WebDriver BiDi opens and closes pages. */
async function firefox(profile, WebSocket) {
  const lines = Object.entries(firefoxPreferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const { child, end } = start(process.env.PORTICO_FIREFOX ?? "firefox-esr", [
    "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank",
  ]);
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  const address = await appears(() => /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1], "address");
  const socket = new WebSocket(`${address}/session`);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map();
  let lastId = 0;
  socket.on("message", (data) => {
    const answer = JSON.parse(data);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const ask = async (method, params) => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, method, params }));
    const answer = await new Promise((resolve) => waiting.set(id, resolve));
    if (answer.error) throw new Error(`${method}: ${answer.error}: ${answer.message}`);
    return answer.result;
  };
  await ask("session.new", { capabilities: {} });
  // One after another: a tab that is made while one closes may look for the one that is gone.
  let tabs = Promise.resolve();
  const inOrder = (task) => {
    const done = tabs.then(task);
    tabs = done.catch(() => undefined);
    return done;
  };
  const close = (context) => ask("browsingContext.close", { context });
  return {
    end,
    async open(url) {
      const { context } = await inOrder(() => ask("browsingContext.create", { type: "tab" }));
      await ask("browsingContext.navigate", { context, url, wait: "none" });
      return () => void inOrder(() => close(context)).catch(() => undefined);
    },
  };
}

export const launchers = { chromium, firefox };

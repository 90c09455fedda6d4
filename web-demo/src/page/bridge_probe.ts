// Is the bridge there? Asked with a WebSocket of its own, before anything else is tried.

/** docs/bridge.md: what a client offers, and the bridge selects. */
const protocol = "portico.udp.v1";
const patienceMilliseconds = 3000;

export function bridgeAnswers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol);
    const settle = (there: boolean) => {
      clearTimeout(timer);
      socket.onopen = socket.onclose = null;
      socket.close();
      resolve(there);
    };
    const timer = setTimeout(() => settle(false), patienceMilliseconds);
    socket.onopen = () => settle(true);
    socket.onclose = () => settle(false);
  });
}

// Whether packets go by the credentials of the current description. No browser has an event for the end of an ICE restart, and
// Firefox has none for a pair that is selected.

const intervalMilliseconds = 10;

async function isSettled(connection) {
  const report = await connection.getStats();
  const fragment = /^a=ice-ufrag:(\S+)/m.exec(connection.localDescription.sdp)[1];
  return [...report.values()]
    .filter(({ type, selectedCandidatePairId }) => type === "transport" && report.has(selectedCandidatePairId))
    .map(({ selectedCandidatePairId }) => report.get(report.get(selectedCandidatePairId).localCandidateId))
    .some((candidate) => candidate?.usernameFragment === fragment);
}

/** Prints {"event":"settled"} then. */
export async function settle(connection, print) {
  while (!(await isSettled(connection))) {
    await new Promise((resolve) => setTimeout(resolve, intervalMilliseconds));
  }
  print({ event: "settled" });
}

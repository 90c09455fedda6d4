// How far an ICE restart has come. No browser has an event for that, and Firefox has none for a pair that is selected.

const intervalMilliseconds = 10;

/** The pairs of the current description's credentials. */
function pairsOf(connection, report) {
  const fragment = /^a=ice-ufrag:(\S+)/m.exec(connection.localDescription.sdp)[1];
  return [...report.values()].filter(
    ({ type, localCandidateId }) => type === "candidate-pair" && report.get(localCandidateId)?.usernameFragment === fragment,
  );
}

async function becomes(connection, holds) {
  for (;;) {
    const report = await connection.getStats();
    if (pairsOf(connection, report).some((pair) => holds(pair, report))) return;
    await new Promise((resolve) => setTimeout(resolve, intervalMilliseconds));
  }
}

/** Until a pair was checked twice: by then it has the answer to the first check, if there is one. */
export function checking(connection) {
  return becomes(connection, ({ requestsSent }) => requestsSent >= 2);
}

/** Until packets go by a pair. */
export function settled(connection) {
  return becomes(connection, ({ id }, report) =>
    [...report.values()].some(({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId === id),
  );
}

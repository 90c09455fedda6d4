// The certificate authorities that a TLS server may be vouched for by: Node's, and this machine's.
import { readFileSync } from "node:fs";
import * as tls from "node:tls";

/** In one file; the first that is there is the system's. native/tls/trust_store.cc has the same. */
const systemFiles = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch, Alpine, Gentoo
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
  "/etc/pki/tls/certs/ca-bundle.crt", // older ones
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/ssl/cert.pem", // macOS, OpenBSD, FreeBSD, Alpine
  "/usr/local/share/certs/ca-root-nss.crt", // FreeBSD's ca_root_nss
  "/etc/openssl/certs/ca-certificates.crt", // NetBSD
];

const pem = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g;

let context: tls.SecureContext | null = null;

/** Made when the first connection needs it. Throws for a file that is named and can't be read. */
export function trustedContext(): tls.SecureContext {
  context ??= tls.createSecureContext({ ca: uniqueCertificates(authorities()) });
  return context;
}

/** Most are in both lists, in lines of different lengths, and each takes its time. */
function uniqueCertificates(texts: readonly string[]): string[] {
  const all = texts.flatMap((text) => text.match(pem) ?? []);
  return [...new Map(all.map((one) => [one.replace(/\s/g, ""), one])).values()];
}

function authorities(): readonly string[] {
  // Node 22.15 and later.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default" | "system") => string[] };
  if (getCACertificates) return [...getCACertificates("default"), ...getCACertificates("system")];
  const { SSL_CERT_FILE: named, NODE_EXTRA_CA_CERTS: extra } = process.env;
  const files = [...(named ? [readFileSync(named, "utf8")] : firstOf(systemFiles))];
  if (extra) files.push(readFileSync(extra, "utf8"));
  return [...tls.rootCertificates, ...files];
}

function firstOf(paths: readonly string[]): string[] {
  for (const path of paths) {
    try {
      return [readFileSync(path, "utf8")];
    } catch {
      // It is another system's.
    }
  }
  return [];
}

// A STUN server of the smallest kind (RFC 8489), for the browser's own peer. Browsers hide a page's addresses behind mDNS
// names, which the worker's peer can't resolve, and the bridge takes datagrams only from where some were sent to. An
// answer from here gives the browser a server-reflexive candidate, with an address.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isOwn } from "./addresses.js";

/** RFC 8489 §5: type, length, magic cookie, transaction. */
const headerBytes = 20;
const magicCookie = 0x2112a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
/** §14.2 */
const xorMappedAddress = 0x0020;
const ipv4 = 0x01;

export interface StunServer {
  url: string;
  stop(): void;
}

export async function startStunServer(address: string): Promise<StunServer> {
  const socket: Socket = createSocket("udp4");
  socket.on("message", (message, sender) => {
    if (isOwn(sender.address) && isBindingRequest(message))
      socket.send(answer(message, sender), sender.port, sender.address);
  });
  socket.bind(0, address);
  await once(socket, "listening");
  // What can't be sent is asked for again.
  socket.on("error", () => undefined);
  return { url: `stun:${address}:${String(socket.address().port)}`, stop: () => socket.close() };
}

export function isBindingRequest(message: Buffer): boolean {
  return (
    message.length >= headerBytes &&
    message.readUInt16BE(0) === bindingRequest &&
    message.readUInt16BE(2) === message.length - headerBytes &&
    message.readUInt32BE(4) === magicCookie
  );
}

export function answer(request: Buffer, { address, port }: Pick<RemoteInfo, "address" | "port">): Buffer {
  const response = Buffer.alloc(headerBytes + 12);
  response.writeUInt16BE(bindingSuccess, 0);
  response.writeUInt16BE(response.length - headerBytes, 2);
  request.copy(response, 4, 4, headerBytes);
  response.writeUInt16BE(xorMappedAddress, headerBytes);
  response.writeUInt16BE(8, headerBytes + 2);
  response.writeUInt8(ipv4, headerBytes + 5);
  response.writeUInt16BE(port ^ (magicCookie >>> 16), headerBytes + 6);
  const mapped = address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  // >>> 0: bitwise operators give signed numbers.
  response.writeUInt32BE((mapped ^ magicCookie) >>> 0, headerBytes + 8);
  return response;
}

import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** Sends `text` byte by byte, each byte in its own packet: waits until the system has accepted the previous one. */
export async function drip(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of Buffer.from(text, 'latin1')) {
    await new Promise<void>((accepted) => void socket.write(Buffer.of(byte), () => accepted()));
    await turn();
  }
}

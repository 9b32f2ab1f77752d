import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** Sends `text` byte by byte, each in a packet of its own: the next one when the last is with the system. */
export async function drip(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of Buffer.from(text, 'latin1')) {
    await new Promise<void>((taken) => void socket.write(Buffer.of(byte), () => taken()));
    await turn();
  }
}

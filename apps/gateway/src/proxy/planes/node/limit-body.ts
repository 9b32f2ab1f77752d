import { IncomingMessage } from 'node:http';

/**
 * Counts the body of `request`, which a local instance reads. A part beyond `limit` bytes does not reach the instance:
 * node:http reads and discards it.
 * @param onAbove called once, with the bytes received
 */
export function limitBody(
  request: IncomingMessage,
  limit: number,
  onAbove: (received: number) => void,
): void {
  let received = request.readableLength;
  let isAbove = false;
  request.push = (payload: Buffer | null): boolean => {
    received += payload?.length ?? 0;
    if (received <= limit) return IncomingMessage.prototype.push.call(request, payload);
    if (!isAbove) {
      isAbove = true;
      // The instance learns that the body is incomplete; now, this would close the connection without a response.
      request.socket.once('close', () => request.destroy(aborted()));
      onAbove(received);
    }
    return true;
  };
}

/** The error of an incomplete body, as in node:http. */
const aborted = (): Error => Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

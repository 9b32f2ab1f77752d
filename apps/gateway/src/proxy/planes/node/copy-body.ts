import type { IncomingMessage } from 'node:http';
import type { BodyCopy } from '../exchange/body-copy.js';

/** Copies the body of `request`, which a local instance reads: what has arrived already, and the rest. */
export function copyBody(request: IncomingMessage, copy: BodyCopy): void {
  const arrived = request.read() as Buffer | null;
  if (arrived) {
    copy.add(arrived);
    request.unshift(arrived);
  }
  if (request.complete) {
    copy.endBody();
    return;
  }
  const push = request.push.bind(request);
  request.push = (payload: Buffer | null): boolean => {
    if (payload) copy.add(payload);
    else copy.endBody();
    return push(payload);
  };
}

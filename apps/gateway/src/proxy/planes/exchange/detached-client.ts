import type { Socket } from 'node:net';
import { ForwardingLines } from '../../http1/head/forwarding-lines.js';
import type { Peer } from '../../http1/rules/peer.js';
import type { ClientSide, ResponseOutput } from './client-side.js';

const nothing = (): void => undefined;

/** Output that nothing receives. */
const DISCARDED: ResponseOutput = {
  begin: () => true,
  write: () => true,
  retains: () => false,
  retainsBytes: false,
  flush: nothing,
  end: nothing,
};

/** The client of a request that the gateway sends by itself. It has the complete body and receives no response. */
export class DetachedClient implements ClientSide {
  readonly forwarding: ForwardingLines;
  readonly output: ResponseOutput = {
    ...DISCARDED,
    write: ({ length }) => {
      this.receivedBytes += length;
      if (this.receivedBytes > this.maxResponseBytes) this.onTooLong();
      return true;
    },
  };
  readonly closesAfterwards = false;
  readonly pauseBody = nothing;
  readonly resumeBody = nothing;
  readonly admitBody = nothing;
  readonly sendInterim = nothing;
  readonly awaitDrain = nothing;
  /** Called when the exchange has ended, possibly more than once. */
  onEnd = nothing;
  /** Called when the body of the response is too long, possibly more than once; the response is still arriving. */
  onTooLong = nothing;
  private receivedBytes = 0;

  /**
   * @param peer the client of the original request
   * @param maxResponseBytes length of a response body from which {@link onTooLong} is called
   */
  constructor(
    readonly peer: Peer,
    readonly bodyBytes: number,
    private readonly maxResponseBytes: number,
  ) {
    this.forwarding = new ForwardingLines(peer);
  }

  finish(): void {
    this.onEnd();
  }

  cutOff(): void {
    this.onEnd();
  }

  /** @throws Error: a detached request asks for no tunnel */
  detach(): { socket: Socket; rest: Buffer | undefined } {
    throw new Error('a detached request has no connection');
  }
}

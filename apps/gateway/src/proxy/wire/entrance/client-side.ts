import type { Socket } from 'node:net';
import type { Peer } from '../../edge/peer.js';
import type { ForwardingLines } from '../head/forwarding-lines.js';
import type { AnswerWriter } from './answer-writer.js';

/** What an exchange may do to its client's connection. */
export interface ClientSide {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly answer: AnswerWriter;
  /** The gateway is about to end, or nobody knows whether a body follows: the connection closes after this exchange. */
  readonly closesAfterwards: boolean;
  /** Stops taking the body: the instance is slower than the client. */
  pauseBody(): void;
  resumeBody(): void;
  /** Tells a client that waits for it to send its body. */
  admitBody(): void;
  /** Sends an interim answer. */
  sendInterim(head: string): void;
  /** The client is slower than the instance: how long it may take nothing is limited. */
  awaitDrain(): void;
  /** The answer is written whole. `keepsAlive`: it told the client that the connection stays. */
  finish(keepsAlive: boolean): void;
  /** Ends the connection so that what was sent never looks whole. */
  cutOff(): void;
  /** Lets go of the socket for a tunnel; `rest` is what the client sent after its request. */
  detach(): { socket: Socket; rest: Buffer | undefined };
}

import type { FastifyReply } from 'fastify';
import type { DashboardState } from '#contracts';
import { tooManyDashboards } from '../problems.js';
import { DashboardStream } from './dashboard-stream.js';
import { mergePatchOf } from './merge-patch.js';

const MAX_STREAMS = 200;

const block = (event: 'state' | 'patch', data: object): Buffer =>
  Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

/** All readers of the state. Each update is compared and serialised once, however many readers there are. */
export class DashboardStreams {
  private readonly streams = new Set<DashboardStream>();
  private current: DashboardState | undefined;
  private currentBlock: Buffer | undefined;
  private number = 0;
  private isClosed = false;

  /** @param stateOf describes the present state, for a first reader */
  constructor(
    private readonly stateOf: () => DashboardState,
    private readonly maxStreams = MAX_STREAMS,
  ) {}

  get size(): number {
    return this.streams.size;
  }

  /** Responds with the state, then with its changes. @throws tooManyDashboards */
  open(reply: FastifyReply): void {
    if (this.isClosed || this.streams.size >= this.maxStreams)
      throw tooManyDashboards('the gateway has reached its limit of open dashboards; retry later', {
        headers: { 'retry-after': '5' },
      });
    if (this.streams.size === 0) this.replace(this.stateOf());
    const { raw } = reply.hijack();
    const stream = new DashboardStream(raw, reply.getHeaders() as Record<string, string>);
    this.streams.add(stream);
    raw.on('close', () => this.remove(stream));
    stream.send({ number: this.number, patch: undefined, state: this.whole });
  }

  /** Sends what has changed. Call it only with readers. */
  publish(state: DashboardState): void {
    const patch = this.current && mergePatchOf(this.current, state);
    if (this.current && !patch) return;
    this.replace(state);
    const update = { number: this.number, patch: block('patch', patch ?? {}), state: this.whole };
    for (const stream of this.streams) stream.send(update);
  }

  close(): void {
    this.isClosed = true;
    for (const stream of this.streams) stream.end();
  }

  private remove(stream: DashboardStream): void {
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    this.current = undefined;
    this.currentBlock = undefined;
  }

  private replace(state: DashboardState): void {
    this.current = state;
    this.currentBlock = undefined;
    this.number += 1;
  }

  private readonly whole = (): Buffer => (this.currentBlock ??= block('state', this.current ?? {}));
}

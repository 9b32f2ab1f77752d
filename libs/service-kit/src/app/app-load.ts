import type { FastifyInstance } from 'fastify';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HeartbeatDto } from '#contracts';

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** Load of an app for its heartbeats: requests in flight, and the longest event-loop delay since the last heartbeat. */
export class AppLoad {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private inFlight = 0;

  constructor(fastify: FastifyInstance) {
    this.delay.enable();
    fastify.addHook('onRequest', (_request, reply, done) => {
      this.inFlight += 1;
      // `close` is emitted once, both for sent responses and for clients that disconnected.
      reply.raw.once('close', () => (this.inFlight -= 1));
      done();
    });
  }

  /** @param ready whether the app is ready; `undefined` if unknown */
  heartbeatBody(ready: boolean | undefined): HeartbeatDto {
    // The histogram counts its own sampling interval as delay.
    const lag = Math.max(0, this.delay.max / NANOSECONDS_PER_MS - RESOLUTION_MS);
    this.delay.reset();
    const load = { inFlight: this.inFlight, loopLagMs: Math.round(lag * 10) / 10 };
    return ready === undefined ? load : { ...load, ready };
  }

  stop(): void {
    this.delay.disable();
  }
}

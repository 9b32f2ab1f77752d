import type { LiveServiceTable, PlainBeat } from '../../../discovery/index.js';
import type { TrustedProxies } from '../../http1/rules/trusted-proxies.js';
import type { HandOver } from '../listener/prompt-server.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { TimerWheel } from '../../sockets/timer-wheel.js';
import type { ClientLimits } from '../../http1/client-limits.js';
import type { WireExchange } from './wire-exchange.js';

/** The dependencies of `WireEntrance`. */
export interface WireEntranceParts {
  readonly pipeline: Pipeline<WireExchange>;
  readonly services: LiveServiceTable;
  readonly trusted: TrustedProxies;
  readonly wheel: TimerWheel;
  readonly limits: ClientLimits;
  readonly isDraining: () => boolean;
  /** Handles a heartbeat; `undefined` if Nest has to handle it. */
  readonly beats: (beat: PlainBeat) => Promise<object> | undefined;
  /** Called for unexpected errors. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Gives a connection to node:http. */
  readonly handOver: (connection: HandOver) => void;
}

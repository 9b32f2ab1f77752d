import type { LiveServiceTable, PlainBeat } from '../../../discovery/index.js';
import type { TrustedProxies } from '../../edge/trusted-proxies.js';
import type { HandOver } from '../../entrance/prompt-server.js';
import type { Pipeline } from '../../pipeline.js';
import type { TimerWheel } from '../timer-wheel.js';
import type { ClientLimits } from './client-limits.js';
import type { WireExchange } from './wire-exchange.js';

/** What the entrance needs of its neighbours. */
export interface WireEntranceParts {
  readonly pipeline: Pipeline<WireExchange>;
  readonly services: LiveServiceTable;
  readonly trusted: TrustedProxies;
  readonly wheel: TimerWheel;
  readonly limits: ClientLimits;
  readonly isDraining: () => boolean;
  /** Takes a heartbeat; `undefined`: it is for Nest. */
  readonly beats: (beat: PlainBeat) => Promise<object> | undefined;
  /** Hears of what nobody foresaw. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Gives a connection to node:http. */
  readonly handOver: (connection: HandOver) => void;
}

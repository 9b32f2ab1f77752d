import type { Socket } from 'node:net';
import type { LiveServiceTable } from '../../../discovery/index.js';
import type { TrustedProxies } from '../../edge/trusted-proxies.js';
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
  /** Gives a connection to node:http; `first` is what was read of it. */
  readonly handOver: (socket: Socket, first: Buffer) => void;
}

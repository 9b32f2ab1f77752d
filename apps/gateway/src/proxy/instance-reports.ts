import type { Instance } from '../discovery/index.js';

/**
 * What traffic tells about instances; discovery listens. Reports are hints: they return at once and throw nothing.
 */
export interface InstanceReports {
  /** The instance refused a connection: its process is gone. */
  refused(instance: Instance, reason: string): void;
  /** A connection was not established in time, and no response came on any other meanwhile. */
  unreachable(instance: Instance, reason: string): void;
  /**
   * Something looks wrong, such as a connection that broke before an answer. Also what an instance does that closes an
   * idle connection as we use it.
   */
  suspected(instance: Instance, reason: string): void;
  /** It is there and fails, again and again. */
  failing(instance: Instance, reason: string): void;
}

/** For compositions without discovery behind them. */
export const NO_REPORTS: InstanceReports = {
  refused: () => undefined,
  unreachable: () => undefined,
  suspected: () => undefined,
  failing: () => undefined,
};

/** The token under which Nest finds the {@link InstanceReports}. */
export const INSTANCE_REPORTS = Symbol('InstanceReports');

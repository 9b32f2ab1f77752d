import type { Instance } from '../../discovery/index.js';

/**
 * Observations of the proxy about instances, for discovery. Reports are hints: they return at once and never throw.
 */
export interface InstanceReports {
  /** The instance refused a connection: its process is gone. */
  refused(instance: Instance, reason: string): void;
  /** A connection was not established in time, and no response came on any other meanwhile. */
  unreachable(instance: Instance, reason: string): void;
  /**
   * The instance may have failed, for example because a connection broke before a response. An instance that closes
   * an idle connection while the gateway uses it looks the same.
   */
  suspected(instance: Instance, reason: string): void;
  /** The instance is reachable but fails repeatedly. */
  failing(instance: Instance, reason: string): void;
}

/** For compositions without discovery. */
export const NO_REPORTS: InstanceReports = {
  refused: () => undefined,
  unreachable: () => undefined,
  suspected: () => undefined,
  failing: () => undefined,
};

/** Injection token of the {@link InstanceReports}. */
export const INSTANCE_REPORTS = Symbol('InstanceReports');

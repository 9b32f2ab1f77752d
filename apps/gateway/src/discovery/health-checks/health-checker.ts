import type { ProbeView } from '#contracts';
import type { Clock } from '../schedule/clock.js';
import type { PeriodicTask } from '../schedule/discovery-timer.js';
import type { Instance } from '../model/instance.js';
import { SWEEP_INTERVAL_MS } from '../store/lost-time.js';
import type { RegistryStore, StoreChange } from '../store/registry-store.js';
import {
  isExpired,
  type InstanceHealth,
  type RegisteredInstance,
  type StoredInstance,
} from '../store/stored-instance.js';
import type { InstanceIndex } from '../table/instance-index.js';
import { CheckState } from './check-state.js';
import type { ConnectCheck } from './connect-check.js';
import { probeViewOf, type FailedCheckHandler, type HealthCheck } from './health-check.js';

/** Rounds start at least 500 ms apart: with few instances, each is checked twice a second. */
const TICKS_PER_ROUND = 500 / SWEEP_INTERVAL_MS;
/**
 * Budget per tick, in connect checks: 400 a second, 4 % of a core. With many instances a round takes longer
 * instead.
 */
const BUDGET_PER_TICK = 40;
/** A health check costs about as much as two connect checks. */
const HEALTH_CHECK_COST = 2;
/** Limits the connections that unresponsive instances hold. */
const MAX_CHECKS_IN_FLIGHT = 256;

/** An instance may register this long before it listens; on the clock of this gateway, since those of others may differ. */
const SETTLING_MS = 10_000;

const READY: InstanceHealth = {
  status: 'up',
  reason: 'heartbeat reported ready',
  isReported: true,
};
/** The health of an instance that reports itself not ready. */
export const NOT_READY: InstanceHealth = {
  status: 'down',
  reason: 'heartbeat reported not ready',
  isReported: true,
};

/** Dependencies of {@link HealthChecker}. */
export interface HealthCheckerParts {
  readonly store: RegistryStore;
  readonly index: InstanceIndex;
  readonly ejector: FailedCheckHandler;
  readonly check: HealthCheck;
  readonly connectCheck: ConnectCheck;
  readonly clock: Clock;
}

/**
 * Checks instances actively. Instances that are up are checked in rounds: with a health check if one is due,
 * else with a connect check, which detects a process that died between two health checks. Instances that are
 * down are health-checked until they may return. Gateways on one registry divide the checks among them.
 * Instances in this process are not checked: their heartbeats report whether they are ready.
 */
export class HealthChecker implements PeriodicTask {
  private readonly states = new Map<string, CheckState>();
  /** Ordered by last check. */
  private readonly down = new Set<CheckState>();
  private round: CheckState[] = [];
  private ticks = 0;
  private inFlight = 0;
  private results = new Map<string, ProbeView>();

  constructor(private readonly parts: HealthCheckerParts) {
    parts.store.watch((change) => this.applyChange(change));
  }

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.round.length === 0 && this.ticks >= TICKS_PER_ROUND) this.beginRound();
    const budget = Math.min(BUDGET_PER_TICK, MAX_CHECKS_IN_FLIGHT - this.inFlight);
    // Leaves half of the budget to the round: many instances that are down do not delay the checks of the
    // others.
    const retries = this.dueRetries(this.round.length > 0 ? budget / 2 : budget);
    const checks = this.nextChecks(budget - retries.length * HEALTH_CHECK_COST);
    await Promise.all([...retries.map((state) => this.checkHealth(state)), ...checks]);
    await this.storeResults();
  }

  /**
   * Handles the readiness that a heartbeat reports: `true` counts as a passed check; `false` takes the
   * instance out of rotation until a heartbeat reports `true`. Returns the instance if its state changed.
   */
  applyReadiness(
    { id, endpoint, health }: StoredInstance,
    isReady: boolean,
  ): Promise<StoredInstance | undefined> | undefined {
    const state = this.states.get(id);
    if (isReady && state?.isUp === true) state.record(true, this.parts.clock.now());
    const isOut = health.isReported === true && health.status === 'down';
    return isReady === isOut ? this.setHealth({ id, endpoint }, isReady ? READY : NOT_READY) : undefined;
  }

  private applyChange({ before, after }: StoreChange): void {
    const id = (after ?? before)?.id ?? '';
    const known = this.states.get(id);
    const now = this.parts.clock.now();
    const isLive = after !== undefined && !isExpired(after);
    if (isLive && known?.isOf(after)) known.update(after, now);
    else if (known) this.delete(id, known);
    if (!isLive) return;
    const state = this.states.get(id) ?? new CheckState(after, now);
    this.states.set(id, state);
    if (state.isUp) this.down.delete(state);
    else this.down.add(state);
  }

  private delete(id: string, state: CheckState): void {
    this.states.delete(id);
    this.down.delete(state);
    this.results.delete(id);
  }

  private beginRound(): void {
    this.ticks = 0;
    this.round = [...this.states.values()].filter(({ isUp }) => isUp);
  }

  private dueRetries(budget: number): readonly CheckState[] {
    const { store, clock } = this.parts;
    const now = clock.now();
    const due: CheckState[] = [];
    for (const state of this.down) {
      if ((due.length + 1) * HEALTH_CHECK_COST > budget) break;
      if (!state.isDue(now)) continue;
      if (store.isResponsibleFor(state.instance.id)) due.push(state);
      else state.schedule(now);
    }
    for (const state of due) {
      this.down.delete(state);
      this.down.add(state);
    }
    return due;
  }

  private nextChecks(budget: number): readonly Promise<void>[] {
    const checks: Promise<void>[] = [];
    for (let left = budget; left > 0;) {
      const state = this.round.pop();
      if (!state) break;
      const instance = this.parts.index.find(state.instance.id);
      if (instance?.status !== 'up' || instance.transport !== 'http' || state.isRunning) continue;
      if (!this.parts.store.isResponsibleFor(instance.id)) continue;
      const isHealthCheck = this.needsHealthCheck(state, instance);
      left -= isHealthCheck ? HEALTH_CHECK_COST : 1;
      checks.push(isHealthCheck ? this.checkHealth(state) : this.checkConnection(state, instance));
    }
    return checks;
  }

  private needsHealthCheck(state: CheckState, { load }: Instance): boolean {
    const now = this.parts.clock.now();
    if (!state.isDue(now)) return false;
    if (!state.isServing(load)) return true;
    state.schedule(now);
    return false;
  }

  /**
   * Ignores failures of an instance that no check or request has reached yet, while it is new or if its health
   * checks are off: it may register before it listens.
   */
  private async checkConnection(state: CheckState, instance: Instance): Promise<void> {
    const { connectCheck, ejector } = this.parts;
    const result = await this.whileRunning(state, connectCheck(instance));
    if (result === 'open') state.hasConnected = true;
    else if (this.mayNotListenYet(state, instance)) return;
    else if (result === 'refused') ejector.refused(instance, 'connect check failed: connection refused');
    else ejector.suspected(instance, 'connect check failed: no connection established');
  }

  private mayNotListenYet(state: CheckState, { load }: Instance): boolean {
    if (state.hasConnected || load.latencyMs > 0) return false;
    return !state.isChecked || this.parts.clock.now() - state.knownSince < SETTLING_MS;
  }

  private async checkHealth(state: CheckState): Promise<void> {
    const { check, clock, ejector, index } = this.parts;
    const { id, health } = state.instance;
    const hasConnected = state.hasConnected || (index.find(id)?.load.latencyMs ?? 0) > 0;
    const result = await this.whileRunning(state, check.run(state.instance, hasConnected));
    // The instance left, registered again or moved meanwhile: the result is about another process.
    if (this.states.get(id) !== state) return;
    if (!result) {
      state.schedule(clock.now());
      return;
    }
    if (result.ok) state.hasConnected = true;
    this.results.set(id, probeViewOf(result, clock.now()));
    state.record(result.ok, clock.now());
    const instance = index.find(id);
    if (state.isUp && state.isUnhealthy && instance) ejector.unhealthy(instance, result);
    // A different health means an ejection or a heartbeat meanwhile: an earlier result does not end it.
    if (!state.isUp && state.isHealthy && state.instance.health === health)
      await this.setHealth(state.instance, { status: 'up', reason: result.reason });
  }

  private async whileRunning<T>(state: CheckState, check: Promise<T>): Promise<T> {
    state.isRunning = true;
    this.inFlight += 1;
    try {
      return await check;
    } finally {
      state.isRunning = false;
      this.inFlight -= 1;
    }
  }

  private async setHealth(
    { id, endpoint }: Pick<RegisteredInstance, 'id' | 'endpoint'>,
    health: InstanceHealth,
  ): Promise<StoredInstance | undefined> {
    const { store, index } = this.parts;
    const moved = await store.changeState(
      id,
      { health },
      { type: 'status-changed', reason: health.reason },
      endpoint,
    );
    await index.settled();
    return moved;
  }

  /** Stores all results in one call: a shared store is written to once per tick, not once per check. */
  private async storeResults(): Promise<void> {
    if (this.results.size === 0) return;
    const { results } = this;
    this.results = new Map();
    await this.parts.store.recordHealthChecks(results);
  }
}

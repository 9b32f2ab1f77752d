import type { ProbeView } from '#contracts';
import type { Clock } from '../clock.js';
import type { Ticking } from '../discovery-timer.js';
import type { Instance } from '../instance.js';
import { SWEEP_EVERY_MS } from '../store/lost-time.js';
import type { RegistryStore, StoreChange } from '../store/registry-store.js';
import {
  isExpired,
  type InstanceHealth,
  type RegisteredInstance,
  type StoredInstance,
} from '../store/stored-instance.js';
import type { TableKeeper } from '../table-keeper.js';
import { CheckState } from './check-state.js';
import type { ConnectCheck } from './connect-check.js';
import type { Ejector } from './ejector.js';
import { probeViewOf, type HealthCheck } from './health-check.js';

/** A round is not begun sooner: with few instances, each is visited twice a second. */
const TICKS_PER_ROUND = 500 / SWEEP_EVERY_MS;
/** Connect checks per tick. With many instances a round takes longer instead of more: 400 a second, 4 % of a core. */
const ROOM_PER_TICK = 40;
/** A health check costs about as much as two connect checks. */
const HEALTH_CHECK_ROOM = 2;
/** A rack that does not respond holds no more connections than this. */
const CHECKS_IN_FLIGHT = 256;

const READY: InstanceHealth = { status: 'up', reason: 'its heartbeat reports that it is ready' };
const NOT_READY: InstanceHealth = {
  status: 'down',
  reason: 'its heartbeat reports that it is not ready',
  isReported: true,
};

/** What a health checker works with. */
export interface HealthCheckerParts {
  readonly store: RegistryStore;
  readonly keeper: TableKeeper;
  readonly ejector: Pick<Ejector, 'refused' | 'suspected' | 'unhealthy'>;
  readonly check: HealthCheck;
  readonly connectCheck: ConnectCheck;
  readonly clock: Clock;
}

/**
 * Checks instances actively. One that is up is visited in rounds: with a health check when that is due, else with a
 * connect check, which finds a process that died between two health checks. One that is down is checked until it may
 * return. Gateways on one registry share the visits. An instance of this process is not visited: its heartbeat reports
 * whether it is ready.
 */
export class HealthChecker implements Ticking {
  private readonly states = new Map<string, CheckState>();
  /** In the order of their last check. */
  private readonly down = new Set<CheckState>();
  private round: CheckState[] = [];
  private ticks = 0;
  private inFlight = 0;
  private results = new Map<string, ProbeView>();

  constructor(private readonly parts: HealthCheckerParts) {
    parts.store.watch((change) => this.follow(change));
  }

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.round.length === 0 && this.ticks >= TICKS_PER_ROUND) this.beginRound();
    const room = Math.min(ROOM_PER_TICK, CHECKS_IN_FLIGHT - this.inFlight);
    // An outage of many does not hold up the checks of the others.
    const retries = this.dueRetries(this.round.length > 0 ? room / 2 : room);
    const visits = this.nextVisits(room - retries.length * HEALTH_CHECK_ROOM);
    await Promise.all([...retries.map((state) => this.checkHealth(state)), ...visits]);
    await this.storeResults();
  }

  /**
   * Takes in what a heartbeat reports: `true` counts as a passed check; `false` takes the instance out of rotation until
   * a heartbeat reports `true`. Returns the instance if that moved it.
   */
  report(
    { id, endpoint, health }: StoredInstance,
    isReady: boolean,
  ): Promise<StoredInstance | undefined> | undefined {
    const state = this.states.get(id);
    if (isReady && state?.isUp === true) state.record(true, this.parts.clock.now());
    const isOut = health.isReported === true;
    return isReady === isOut ? this.move({ id, endpoint }, isReady ? READY : NOT_READY) : undefined;
  }

  private follow({ before, after }: StoreChange): void {
    const id = (after ?? before)?.id ?? '';
    const known = this.states.get(id);
    const now = this.parts.clock.now();
    const isLive = after !== undefined && !isExpired(after);
    if (isLive && known?.isOf(after)) known.follow(after, now);
    else if (known) this.forget(id, known);
    if (!isLive) return;
    const state = this.states.get(id) ?? new CheckState(after, now);
    this.states.set(id, state);
    if (state.isUp) this.down.delete(state);
    else this.down.add(state);
  }

  private forget(id: string, state: CheckState): void {
    this.states.delete(id);
    this.down.delete(state);
    this.results.delete(id);
  }

  private beginRound(): void {
    this.ticks = 0;
    this.round = [...this.states.values()].filter(({ isUp }) => isUp);
  }

  private dueRetries(room: number): readonly CheckState[] {
    const { store, clock } = this.parts;
    const now = clock.now();
    const due: CheckState[] = [];
    for (const state of this.down) {
      if ((due.length + 1) * HEALTH_CHECK_ROOM > room) break;
      if (!state.isDue(now)) continue;
      if (store.isOurs(state.instance.id)) due.push(state);
      else state.schedule(now);
    }
    for (const state of due) {
      this.down.delete(state);
      this.down.add(state);
    }
    return due;
  }

  private nextVisits(room: number): readonly Promise<void>[] {
    const visits: Promise<void>[] = [];
    for (let left = room; left > 0;) {
      const state = this.round.pop();
      if (!state) break;
      const instance = this.parts.keeper.find(state.instance.id);
      if (instance?.status !== 'up' || instance.transport !== 'http' || state.isRunning) continue;
      if (!this.parts.store.isOurs(instance.id)) continue;
      const isHealthCheck = this.needsHealthCheck(state, instance);
      left -= isHealthCheck ? HEALTH_CHECK_ROOM : 1;
      visits.push(isHealthCheck ? this.checkHealth(state) : this.checkConnection(state, instance));
    }
    return visits;
  }

  private needsHealthCheck(state: CheckState, { load }: Instance): boolean {
    const now = this.parts.clock.now();
    if (!state.isDue(now)) return false;
    if (!state.isServing(load)) return true;
    state.schedule(now);
    return false;
  }

  /**
   * An instance that was never reached, by a check or by a request, is left to its health checks: it may register before
   * it listens.
   */
  private async checkConnection(state: CheckState, instance: Instance): Promise<void> {
    const { connectCheck, ejector } = this.parts;
    const result = await this.running(state, connectCheck(instance));
    if (result === 'open') state.hasConnected = true;
    else if (!state.hasConnected && instance.load.latencyMs === 0) return;
    else if (result === 'refused') ejector.refused(instance, 'its port refuses connections');
    else ejector.suspected(instance, 'its port opens no connection');
  }

  private async checkHealth(state: CheckState): Promise<void> {
    const { check, clock, ejector, keeper } = this.parts;
    const { id } = state.instance;
    const result = await this.running(state, check.run(state.instance));
    // Left, registered again or moved meanwhile: the result is about another process.
    if (this.states.get(id) !== state) return;
    if (!result) {
      state.schedule(clock.now());
      return;
    }
    this.results.set(id, probeViewOf(result, clock.now()));
    state.record(result.ok, clock.now());
    const instance = keeper.find(id);
    if (state.isUp && state.isUnhealthy && instance) ejector.unhealthy(instance, result);
    if (!state.isUp && state.isHealthy)
      await this.move(state.instance, { status: 'up', reason: result.reason });
  }

  private async running<T>(state: CheckState, check: Promise<T>): Promise<T> {
    state.isRunning = true;
    this.inFlight += 1;
    try {
      return await check;
    } finally {
      state.isRunning = false;
      this.inFlight -= 1;
    }
  }

  private async move(
    { id, endpoint }: Pick<RegisteredInstance, 'id' | 'endpoint'>,
    health: InstanceHealth,
  ): Promise<StoredInstance | undefined> {
    const { store, keeper } = this.parts;
    const moved = await store.move(
      id,
      { health },
      { type: 'status-changed', reason: health.reason },
      endpoint,
    );
    await keeper.settled();
    return moved;
  }

  /** All at once: a store that is shared is written to once per tick, not once per check. */
  private async storeResults(): Promise<void> {
    if (this.results.size === 0) return;
    const { results } = this;
    this.results = new Map();
    await this.parts.store.noteProbes(results);
  }
}

import type { Ticking } from '../discovery-timer.js';
import type { Instance } from '../instance.js';
import { pinnedTarget } from '../pinned-target.js';
import type { LiveServiceTable } from '../service-table.js';
import type { RegistryStore } from '../store/registry-store.js';
import { SWEEP_EVERY_MS } from '../store/lost-time.js';
import type { Knock } from './knock.js';

/** Who acts on what a patrol finds. */
export interface PatrolReports {
  refused(instance: Instance, reason: string): void;
  suspected(instance: Instance, reason: string): void;
}

/** A round is not begun sooner: with few instances, each is looked at twice a second. */
const TICKS_PER_ROUND = 500 / SWEEP_EVERY_MS;
/** With many, a round takes longer instead of more: 400 connections a second, a few percent of a core. */
const KNOCKS_PER_TICK = 40;

/**
 * Finds out about instances that died while nobody called them. Who was never reached, by a knock or by a request, is not judged: where an instance registered
 * before it listens, or cannot be reached from here, its lease decides. Gateways on one registry share the round, so that the one that is left alone with
 * an instance may never have knocked there.
 */
export class Patrol implements Ticking {
  private readonly opened = new WeakSet<Instance['load']>();
  private round: Instance[] = [];
  private ticks = 0;

  constructor(
    private readonly table: LiveServiceTable,
    private readonly store: RegistryStore,
    private readonly reports: PatrolReports,
    private readonly knock: Knock,
  ) {}

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.round.length === 0 && this.ticks >= TICKS_PER_ROUND) this.beginRound();
    await Promise.all(this.round.splice(0, KNOCKS_PER_TICK).map((instance) => this.visit(instance)));
  }

  private beginRound(): void {
    this.ticks = 0;
    this.round = this.table.current.entries.flatMap(({ available }) =>
      available.filter(({ transport }) => transport === 'http'),
    );
  }

  private async visit(instance: Instance): Promise<void> {
    const { id, load } = instance;
    if (!this.store.isOurs(id)) return;
    const answer = await this.knock(pinnedTarget(instance).origin);
    if (answer === 'open') this.opened.add(load);
    else if (!this.opened.has(load) && !hasBeenAsked(load)) return;
    else if (answer === 'refused') this.reports.refused(instance, 'its port refuses connections');
    else this.reports.suspected(instance, 'its port opens no connection');
  }
}

/** Whether a request of this gateway has reached it. */
const hasBeenAsked = ({ latencyMs }: Instance['load']): boolean => latencyMs > 0;

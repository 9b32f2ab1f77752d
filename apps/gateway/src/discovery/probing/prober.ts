import type { Clock } from '../clock.js';
import type { Ticking } from '../discovery-timer.js';
import type { RegistryStore, StoreChange } from '../store/registry-store.js';
import { isExpired, type RegisteredInstance } from '../store/stored-instance.js';
import type { InstanceProbe } from './instance-probe.js';
import { noteProbe } from './note-probe.js';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5000;
const GROWTH = 1.5;
/** A rack that went down does not make the gateway open thousands of connections at once. */
const PROBES_AT_ONCE = 64;

/** An instance that is down, and when it is asked next. */
interface Patient {
  readonly instance: RegisteredInstance;
  delayMs: number;
  dueAt: number;
}

/**
 * Asks instances that are down, again and again, and puts those that answer back into rotation. Gateways on one registry
 * share the work: each instance is asked by one of them.
 */
export class Prober implements Ticking {
  private readonly patients = new Map<string, Patient>();
  private readonly asking = new Set<Patient>();

  constructor(
    private readonly store: RegistryStore,
    private readonly probe: InstanceProbe,
    private readonly clock: Clock,
  ) {
    store.watch((change) => this.follow(change));
  }

  /** Asks everyone whose turn it is. */
  async tick(): Promise<void> {
    const now = this.clock.now();
    const due = [...this.patients.values()].filter(
      (patient) =>
        patient.dueAt <= now && !this.asking.has(patient) && this.store.isOurs(patient.instance.id),
    );
    const room = PROBES_AT_ONCE - this.asking.size;
    await Promise.all(due.slice(0, room).map((patient) => this.ask(patient)));
  }

  private follow({ before, after }: StoreChange): void {
    if (after?.health.status !== 'down' || isExpired(after))
      return void this.patients.delete((after ?? before)?.id ?? '');
    // A drain, or another reason for the same outage: the rhythm goes on.
    if (this.patients.get(after.id)?.instance.endpoint === after.endpoint) return;
    const patient: Patient = { instance: after, delayMs: FIRST_DELAY_MS, dueAt: 0 };
    this.patients.set(after.id, patient);
    this.schedule(patient);
  }

  private schedule(patient: Patient): void {
    // Jitter, so that gateways and instances that went down together are not asked together.
    const dueAt = this.clock.now() + patient.delayMs * (0.75 + Math.random() / 2);
    patient.dueAt = Math.max(dueAt, patient.instance.health.notBefore ?? 0);
    patient.delayMs = Math.min(patient.delayMs * GROWTH, LONGEST_DELAY_MS);
  }

  private async ask(patient: Patient): Promise<void> {
    const { id } = patient.instance;
    this.asking.add(patient);
    try {
      const answer = await this.probe.ask(patient.instance);
      // Gone, renewed or elsewhere by now: the answer is about nobody.
      if (this.patients.get(id) !== patient) return;
      await noteProbe(this.store, this.clock, id, answer);
      this.schedule(patient);
      if (answer.ok) await this.readmit(patient.instance, answer.reason);
    } finally {
      this.asking.delete(patient);
    }
  }

  private async readmit({ id, endpoint }: RegisteredInstance, reason: string): Promise<void> {
    const cause = { type: 'status-changed', reason } as const;
    await this.store.move(id, { health: { status: 'up', reason } }, cause, endpoint);
  }
}

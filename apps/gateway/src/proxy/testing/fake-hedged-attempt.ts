import { failureOf, type FailureKind } from '../exchange/failure.js';
import type { HedgedAttempt, HedgeListener } from '../exchange/forwarder.js';

/** A hedged attempt controlled by a spec. */
export class FakeHedgedAttempt implements HedgedAttempt {
  isAborted = false;
  isAdopted = false;
  private status: number | undefined;

  /** @param onAdopt replaces the first attempt; `status` is that of the response, if one has arrived */
  constructor(
    private readonly listener: HedgeListener,
    private readonly onAdopt: (status: number | undefined) => void,
  ) {}

  adopt(): void {
    this.isAdopted = true;
    this.onAdopt(this.status);
  }

  abort(): void {
    this.isAborted = true;
  }

  respond(status: number): void {
    this.status = status;
    this.listener.onResponse(status);
  }

  fail(kind: FailureKind): void {
    this.listener.onFailure(failureOf(kind));
  }
}

import { failureOf, type FailureKind } from '../exchange/failure.js';
import type { Aside, AsideListener } from '../exchange/forwarder.js';

/** A hedged attempt controlled by a spec. */
export class FakeAside implements Aside {
  isAborted = false;
  isAdopted = false;
  private status: number | undefined;

  /** @param onAdopt replaces the first attempt; `status` is that of the response, if one has arrived */
  constructor(
    private readonly listener: AsideListener,
    private readonly onAdopt: (status: number | undefined) => void,
  ) {}

  adopt(): void {
    this.isAdopted = true;
    this.onAdopt(this.status);
  }

  abort(): void {
    this.isAborted = true;
  }

  answer(status: number): void {
    this.status = status;
    this.listener.onAnswer(status);
  }

  fail(kind: FailureKind): void {
    this.listener.onFailure(failureOf(kind));
  }
}

import { performance } from 'node:perf_hooks';
import { CapturedResponse } from './captured-response.js';
import type { Findings } from './findings.js';
import { responseDifferences } from './response-differences.js';

/** Maximum number of comparisons that wait for responses or for their turn, because they keep bodies. */
const MAX_OPEN = 32;
/** After a comparison, the comparer rests this many times as long: requests need the event loop. */
const REST_FACTOR = 9;

/** The responses to one request: of the service, of its mirror, and of another instance of the service. */
export class Comparison {
  readonly present = new CapturedResponse();
  readonly mirror = new CapturedResponse();
  readonly control = new CapturedResponse();
  private missing = 3;
  isOver = false;

  /** @param onEnd called once, when all responses are complete or one cannot be compared */
  constructor(private readonly onEnd: (comparison: Comparison, isComplete: boolean) => void) {}

  /** The exchange of `response` has ended. @param isComplete an instance has responded completely */
  ended(response: CapturedResponse, isComplete: boolean): void {
    if (this.isOver) return;
    this.missing -= 1;
    if (!isComplete || !response.isComparable) this.end(false);
    else if (this.missing === 0) this.end(true);
  }

  private end(isComplete: boolean): void {
    this.isOver = true;
    if (!isComplete) for (const each of [this.present, this.mirror, this.control]) each.discard();
    this.onEnd(this, isComplete);
  }
}

/** Compares responses apart from requests, one after the other. */
export class Comparisons {
  private open = 0;
  private isBusy = false;
  private readonly waiting: { readonly comparison: Comparison; readonly findings: Findings }[] = [];

  /** Begins a comparison whose result `findings` gets; `undefined` if too many are open. */
  begin(findings: Findings): Comparison | undefined {
    if (this.open >= MAX_OPEN) {
      findings.skipped += 1;
      return undefined;
    }
    this.open += 1;
    return new Comparison((comparison, isComplete) => {
      if (isComplete) {
        this.waiting.push({ comparison, findings });
        this.next();
        return;
      }
      this.open -= 1;
      findings.skipped += 1;
    });
  }

  private next(): void {
    if (this.isBusy) return;
    const next = this.waiting.shift();
    if (!next) return;
    this.isBusy = true;
    setImmediate(() => void this.compare(next.comparison, next.findings));
  }

  private async compare({ present, mirror, control }: Comparison, findings: Findings): Promise<void> {
    const started = performance.now();
    try {
      const differences = await responseDifferences(present, mirror);
      findings.record(differences, await responseDifferences(present, control));
    } catch {
      // A body cannot be decoded.
      findings.skipped += 1;
    }
    this.open -= 1;
    setTimeout(
      () => {
        this.isBusy = false;
        this.next();
      },
      REST_FACTOR * (performance.now() - started),
    ).unref();
  }
}

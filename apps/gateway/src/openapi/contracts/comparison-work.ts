/** Ends a comparison before it is complete; its text is public. */
export class IncompleteComparison extends Error {
  override readonly name = 'IncompleteComparison';
}

/** Members and values of a comparison. A document of 2 MiB has fewer, unless it refers to the same schemas many times. */
const MAX_TOTAL = 1_000_000;
/** A step costs more than a member that it reads. */
const STEP_COST = 5;
/** Members and values of one step: the event loop does not turn within it. */
const MAX_STEP = 20_000;

/** Counts what a comparison reads: a small document can refer to a large schema many times. */
export class ComparisonWork {
  private total = 0;
  private step = 0;

  beginStep(): void {
    this.step = 0;
    this.spend(STEP_COST);
  }

  /** @throws IncompleteComparison if the documents are too large */
  spend(amount: number): void {
    this.total += amount;
    this.step += amount;
    if (this.step > MAX_STEP || this.total > MAX_TOTAL)
      throw new IncompleteComparison('the documents have too many members');
  }
}

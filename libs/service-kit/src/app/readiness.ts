/** Whether an app may receive traffic. On its way out it first leaves rotation, then drains; there is no way back. */
export class Readiness {
  private leaving = false;
  private draining = false;

  /** Nobody should choose this app any more; it still takes what comes. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** Nothing new comes: what is in flight finishes, and connections end with the next answer. */
  get isDraining(): boolean {
    return this.draining;
  }

  beginLeaving(): void {
    this.leaving = true;
  }

  beginDraining(): void {
    this.leaving = true;
    this.draining = true;
  }
}

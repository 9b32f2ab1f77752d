/** Longest wait for the checks of an app: a heartbeat is not held up by a dependency that does not respond. */
const CHECKS_WITHIN_MS = 500;

/** Whether an app may receive traffic. On its way out it first leaves rotation, then drains; there is no way back. */
export class Readiness {
  private leaving = false;
  private draining = false;
  private checks = (): Promise<boolean> => Promise.resolve(!this.leaving);

  /** Nobody should choose this app any more; it still takes what comes. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** Nothing new comes: what is in flight finishes, and connections end with the next answer. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** Sets the checks that decide; without any, an app is ready until it leaves. */
  decideBy(checks: () => Promise<boolean>): void {
    this.checks = checks;
  }

  /** Whether the app is ready now; `undefined`: its checks take too long to tell. */
  isReady(): Promise<boolean | undefined> {
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), CHECKS_WITHIN_MS).unref();
    });
    return Promise.race([this.checks(), late]);
  }

  beginLeaving(): void {
    this.leaving = true;
  }

  beginDraining(): void {
    this.leaving = true;
    this.draining = true;
  }
}

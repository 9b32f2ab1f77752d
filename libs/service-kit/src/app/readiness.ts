import { withinChecksTimeout } from './within-checks-timeout.js';

/**
 * Whether an app may receive traffic. A start that waits for other apps is completed once. At shutdown the app first
 * leaves rotation, then drains; both are final.
 */
export class Readiness {
  private leaving = false;
  private draining = false;
  private checks = (): Promise<boolean> => Promise.resolve(this.obstacle === undefined);

  /** @param starting whether the app is not ready before {@link completeStart} */
  constructor(private starting = false) {}

  /** Why the app may not receive traffic, whatever its checks say; `undefined`: they decide. */
  get obstacle(): 'starting' | 'draining' | undefined {
    if (this.leaving) return 'draining';
    return this.starting ? 'starting' : undefined;
  }

  /** The app has left rotation and should receive no new traffic; it still serves requests that arrive. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** The app accepts no new connections: requests in flight finish, and connections end with their next response. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** Sets the checks that decide. Without checks an app is ready until it leaves rotation. */
  setChecks(checks: () => Promise<boolean>): void {
    this.checks = checks;
  }

  /** Whether the app is ready now; `undefined` when its checks take too long. */
  isReady(): Promise<boolean | undefined> {
    return withinChecksTimeout(this.checks());
  }

  completeStart(): void {
    this.starting = false;
  }

  beginLeaving(): void {
    this.leaving = true;
  }

  beginDraining(): void {
    this.leaving = true;
    this.draining = true;
  }
}

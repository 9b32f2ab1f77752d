/** Whether an app may receive traffic. Turns off for good the moment draining begins. */
export class Readiness {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  beginDraining(): void {
    this.draining = true;
  }
}

/** Timeout for the checks and reports of an app: a dependency that does not respond must not delay heartbeats. */
const CHECKS_TIMEOUT_MS = 500;

/** The result of `check`; `undefined` when it takes too long. */
export function withinChecksTimeout<Result>(check: Promise<Result>): Promise<Result | undefined> {
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), CHECKS_TIMEOUT_MS).unref();
  });
  return Promise.race([check, timeout]);
}

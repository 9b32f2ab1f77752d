/** Start-up cannot go on; `message` is the one line that the operator reads. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}

/** Variables of the environment are bad; `problems` has one entry a variable, names only. */
export class ConfigError extends StartupError {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`bad configuration: ${problems.join('; ')}`);
  }
}

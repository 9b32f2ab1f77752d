/** The app cannot start; `message` is one line for the operator. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}

/** Environment variables are invalid; `problems` has one entry per variable, with names but without values. */
export class ConfigError extends StartupError {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`bad configuration: ${problems.join('; ')}`);
  }
}

/** Exit codes that all commands have in common; `check`, `plan`, `explain` and `token` add verdicts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 };

/** A failure of a command. Its message is for the operator and names the next step. */
export class CommandError extends Error {
  /**
   * @param exitCode one of {@link EXIT}
   * @param isUsage whether the arguments are wrong, and their synopsis helps
   */
  constructor(exitCode, message, isUsage = false) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.isUsage = isUsage;
  }
}

/** The command line is wrong. */
export const usageError = (message) => new CommandError(EXIT.usage, message, true);

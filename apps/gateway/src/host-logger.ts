import { Logger, type LoggerService } from '@nestjs/common';

/** Gateways that are starting. */
let starting = 0;
let hostLogger: LoggerService | undefined;

/** Nest has no public way to read it. `undefined`: logging is off. */
export const currentLogger = (): LoggerService | undefined =>
  Reflect.get(Logger, 'staticInstanceRef') as LoggerService | undefined;

/**
 * Calls `start`, which creates a Nest application with a logger. Nest makes that the logger of every `Logger` in the process;
 * afterwards it is again the one that the host program has. Of calls that overlap, the last to end restores it.
 */
export async function keepingHostLogger<T>(start: () => Promise<T>): Promise<T> {
  if (starting === 0) hostLogger = currentLogger();
  starting += 1;
  try {
    return await start();
  } finally {
    starting -= 1;
    if (starting === 0) Logger.overrideLogger(hostLogger ?? false);
  }
}

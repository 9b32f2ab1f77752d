import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/**
 * Sends Nest's own messages to the app's logger. Its messages about modules and routes, more than a hundred at a start,
 * are below every level that can be set.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }

  // Nest logs errors that it also throws; the code that catches them reports them, once.
  error(message: unknown, ...details: unknown[]): void {
    this.logger.debug({ details }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}

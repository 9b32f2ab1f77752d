import type { FastifyRequest } from 'fastify';
import type { RegistryAccess } from './registry-access.js';

/** The part of pino's logger that is used. */
interface LogWriter {
  info(details: object, message: string): void;
}

/** Writes one line to the process log, at every level, for each write of an operator. */
export class AuditLog {
  constructor(
    private readonly writer: LogWriter,
    private readonly access: Pick<RegistryAccess, 'hasToken'>,
  ) {}

  /**
   * @param action what was asked for
   * @param request whose path or body names the subject; it has been admitted
   * @param failure why nothing was changed; `undefined`: done
   */
  record(action: string, request: FastifyRequest, failure?: string): void {
    const { params, body, raw } = request as FastifyRequest<{ Params: { id?: string; service?: string } }>;
    this.writer.info(
      {
        audit: true,
        action,
        subject: params.id ?? params.service,
        request: body ?? undefined,
        client: raw.socket.remoteAddress,
        forwardedFor: raw.headers['x-forwarded-for'],
        by: this.access.hasToken ? 'token' : 'loopback',
        outcome: failure === undefined ? 'done' : 'failed',
        failure,
      },
      'Operator action',
    );
  }
}

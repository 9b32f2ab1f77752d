import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isAddressUnavailable, isLocalExhaustion } from '#service-kit';
import { pinnedTarget } from '../model/pinned-target.js';
import { CertificateExpiries } from './certificate-expiries.js';
import { HealthCheck, type HealthCheckResult, type HealthCheckTarget } from './health-check.js';
import { healthCheckSettingsOf } from './health-check-settings.js';
import { openHttp } from './open-connection.js';

/** A longer response is cut off: its status is known by then. */
const RESPONSE_LIMIT = 64 * 1024;
const INTERIM = /^HTTP\/1\.[01] 1\d\d[ \r]$/;
const FINAL = /^HTTP\/1\.[01] ([2-5]\d\d)[ \r]$/;
const STATUS_LINE_START = 'HTTP/1.1 200 '.length;

/**
 * Sends GET for the health path on a new connection. A status below 500 passes: a small program may have no
 * health path, and its 404 shows that it serves requests. Uses plain sockets, since only the status is read:
 * an HTTP client costs several times as much, and a gateway makes hundreds of checks a second.
 */
export class HttpHealthCheck extends HealthCheck {
  /** @param reachableAt where connections to an endpoint go */
  constructor(
    private readonly certificates = new CertificateExpiries(),
    private readonly reachableAt: (endpoint: string) => string = (endpoint) => endpoint,
  ) {
    super();
  }

  run(target: HealthCheckTarget, hasConnected: boolean): Promise<HealthCheckResult | undefined> {
    const check = `health check of ${target.healthPath}`;
    const { timeoutMs } = healthCheckSettingsOf(target.metadata);
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const end = (ok: boolean, what: string, isSilent = false): void => {
        const latencyMs = Math.round((performance.now() - startedAt) * 10) / 10;
        resolve({ ok, isSilent, latencyMs, reason: `${check} ${what}` });
      };
      const socket = openHttp({ endpoint: this.reachableAt(target.endpoint) });
      socket.on('secureConnect', () => this.certificates.record(target.endpoint, socket as TLSSocket));
      const timer = setTimeout(() => {
        end(false, `timed out after ${timeoutMs} ms`, true);
        socket.destroy();
      }, timeoutMs);
      socket.on('error', (error: NodeJS.ErrnoException) => {
        const isLocalFault = isLocalExhaustion(error) && (hasConnected || !isAddressUnavailable(error));
        if (isLocalFault) resolve(undefined);
        else end(false, `failed (${error.code ?? error.name})`);
      });
      // After a response the promise is already settled, and `end` has no effect.
      socket.on('close', () => {
        clearTimeout(timer);
        end(false, 'failed (connection closed without a response)');
      });
      readStatus(socket, (status) =>
        status === undefined
          ? end(false, 'failed (not an HTTP response)')
          : end(status < 500, `received ${status}`),
      );
      socket.write(requestOf(target));
    });
  }
}

const requestOf = (target: HealthCheckTarget): string =>
  `GET ${target.healthPath} HTTP/1.1\r\nhost: ${pinnedTarget(target).authority}\r\n` +
  'user-agent: msa-gateway-health-check\r\naccept: */*\r\nconnection: close\r\n\r\n';

/**
 * Calls `onStatus` once, then half-closes the connection and reads the rest: otherwise the instance would see
 * a reset.
 */
function readStatus(socket: Socket, onStatus: (status: number | undefined) => void): void {
  let text = '';
  let size = 0;
  let isKnown = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    size += chunk.length;
    if (size > RESPONSE_LIMIT) socket.destroy();
    if (isKnown) return;
    text += chunk;
    const status = statusIn(text);
    if (status === undefined) return;
    isKnown = true;
    socket.end();
    onStatus(Number.isNaN(status) ? undefined : status);
  });
}

/** The status of the final response; NaN if this is not an HTTP response; `undefined` while incomplete. */
function statusIn(text: string): number | undefined {
  let at = 0;
  while (INTERIM.test(text.slice(at, at + STATUS_LINE_START))) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end === -1) return undefined;
    at = end + 4;
  }
  const start = text.slice(at, at + STATUS_LINE_START);
  return start.length < STATUS_LINE_START ? undefined : Number(FINAL.exec(start)?.[1] ?? NaN);
}

import type { TLSSocket } from 'node:tls';

/** Endpoints come and go; beyond this number all are forgotten, and health checks report those that exist. */
const MOST_ENDPOINTS = 10_000;

/** When the certificates of instances expire, as health checks see them. */
export class CertificateExpiries {
  private readonly byEndpoint = new Map<string, number>();

  /** Milliseconds since the epoch; `undefined` without TLS, or before the first health check. */
  get(endpoint: string): number | undefined {
    return this.byEndpoint.get(endpoint);
  }

  /** @param socket a connection to the endpoint whose handshake is complete */
  record(endpoint: string, socket: Pick<TLSSocket, 'getPeerCertificate'>): void {
    const expiry = Date.parse(socket.getPeerCertificate().valid_to);
    if (Number.isNaN(expiry)) return;
    if (this.byEndpoint.size >= MOST_ENDPOINTS) this.byEndpoint.clear();
    this.byEndpoint.set(endpoint, expiry);
  }
}

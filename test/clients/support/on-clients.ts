import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { PLANES } from '../../conformance/support/kinds.js';
import { registerInstance } from '../../flow/support/flow-harness.js';

/** A launched gateway with one instance, for clients that are separate programs. */
export interface ClientHarness {
  readonly gatewayUrl: string;
  /** URL of the service through the gateway. */
  readonly url: string;
  /** URL of the service, bypassing the gateway. */
  readonly serviceUrl: string;
  readonly server: Server;
}

export const SERVICE = 'client-service';

/** Runs a suite once on each data plane, with `service` as the instance. */
export function onClientPlanes(
  subject: string,
  service: RequestListener,
  suite: (harness: () => ClientHarness) => void,
): void {
  describe.each(PLANES)(`${subject} (%s)`, (plane) => {
    const directory = tempDir();
    const server = createServer(service);
    let gateway: AppProcess | undefined;
    let harness: ClientHarness | undefined;

    beforeAll(async () => {
      const env = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', DATA_DIR: directory.path };
      gateway = await startApp('gateway', { ...env, DATA_PLANE: plane });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      harness = harnessOf(gateway.url, server);
      await registerInstance(gateway.url, SERVICE, harness.serviceUrl);
      const isUp = async (): Promise<boolean> => (await fetch(`${harness!.url}/up`)).status !== 503;
      await waitFor('the service to be up', isUp);
    });
    afterAll(async () => {
      await gateway?.process.stop();
      server.closeAllConnections();
      server.close();
      directory.remove();
    });
    suite(() => harness!);
  });
}

const harnessOf = (gatewayUrl: string, server: Server): ClientHarness => ({
  gatewayUrl,
  url: `${gatewayUrl}/api/${SERVICE}`,
  serviceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  server,
});

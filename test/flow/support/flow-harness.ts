import { call, launchNode, listeningUrlOf, startApp, waitFor, type LaunchedProcess } from '#testing';
import { KINDS, PLANES, type Kind, type Plane } from '../../conformance/support/kinds.js';

/** A gateway in its own process, with the flow service behind it. */
export interface FlowHarness {
  readonly gateway: LaunchedProcess;
  readonly gatewayUrl: string;
  /** URL of the flow service through the gateway. */
  readonly url: string;
  /** URL of the flow service, bypassing the gateway. */
  readonly serviceUrl: string;
  stop(): Promise<unknown>;
}

const LISTENS = /"app":"flow","url":"[^"]+","msg":"flow listens/;
const ADDRESS = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' };

/** Registers an instance of `name` at `url`. */
export async function registerInstance(
  gatewayUrl: string,
  name: string,
  url: string,
  id = name,
): Promise<void> {
  const body = { name, url, id, ttlSeconds: 300, healthPath: '/health' };
  const { status } = await call(gatewayUrl, 'POST /discovery/register', { body });
  if (status !== 201) throw new Error(`registration failed with ${status}`);
}

async function startRemote(plane: Plane): Promise<FlowHarness> {
  const gateway = await startApp('gateway', { ...ADDRESS, DATA_PLANE: plane });
  const service = launchNode('test/flow/support/remote-service.mjs');
  await service.waitForOutput(LISTENS);
  const serviceUrl = listeningUrlOf('flow', service.stdout);
  await registerInstance(gateway.url, 'flow', serviceUrl);
  const stop = () => Promise.all([gateway.process.stop(), service.stop()]);
  return { gateway: gateway.process, ...addressesOf(gateway.url, serviceUrl), stop };
}

async function startLocal(): Promise<FlowHarness> {
  const gateway = launchNode('test/flow/support/local-gateway.mjs', [], ADDRESS);
  await gateway.waitForOutput(LISTENS);
  const { stdout } = gateway;
  const addresses = addressesOf(listeningUrlOf('gateway', stdout), listeningUrlOf('flow', stdout));
  return { gateway, ...addresses, stop: () => gateway.stop() };
}

const addressesOf = (gatewayUrl: string, serviceUrl: string) => ({
  gatewayUrl,
  serviceUrl,
  url: `${gatewayUrl}/api/flow`,
});

async function start(kind: Kind): Promise<FlowHarness> {
  const harness = await (kind === 'local' ? startLocal() : startRemote(kind));
  await waitFor('the flow service to be up', async () => (await fetch(`${harness.url}/state`)).ok);
  return harness;
}

// RSS and file descriptors of another process are read from /proc.
const describeOn = process.platform === 'linux' ? describe : describe.skip;

function onEach(
  kinds: readonly Kind[],
  subject: string,
  suite: (harness: () => FlowHarness, kind: Kind) => void,
): void {
  describeOn.each(kinds)(`${subject} (%s)`, (kind) => {
    let harness: FlowHarness | undefined;
    beforeAll(async () => {
      harness = await start(kind);
    });
    afterAll(() => harness?.stop(), 30_000);
    suite(() => harness!, kind);
  });
}

/** Runs a suite once on each data plane, and once with the service in the gateway's process. */
export const onFlowKinds = (subject: string, suite: (harness: () => FlowHarness, kind: Kind) => void): void =>
  onEach(KINDS, subject, suite);

/** Runs a suite once on each data plane. */
export const onFlowPlanes = (
  subject: string,
  suite: (harness: () => FlowHarness, kind: Kind) => void,
): void => onEach(PLANES, subject, suite);

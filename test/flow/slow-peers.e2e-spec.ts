import { call } from '#testing';
import { onFlowKinds } from './support/flow-harness.js';
import { lengthOf, openResponse, stateOf, Upload } from './support/bodies.js';
import { untilStable } from '../support/until-stable.js';
import { MB, peakRssDuring } from './support/process-usage.js';

const PEERS = 40;
const SIZE = 24 * MB;
// Two sockets lie between sender and reader, and the kernel buffers some MB for each.
const IN_SOCKETS = 16 * MB;
const FLAT = 50 * MB;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const times = <T>(make: () => T): T[] => Array.from({ length: PEERS }, make);

onFlowKinds('slow peers', (harness) => {
  it('apply backpressure to the service when they read nothing, and receive the full bodies later', async () => {
    const before = (await stateOf(harness().serviceUrl)).sent;
    const sent = async (): Promise<number> => (await stateOf(harness().serviceUrl)).sent - before;
    const { pid } = harness().gateway;
    const first = await peakRssDuring(pid, async () =>
      lengthOf(await openResponse(`${harness().url}/down/${SIZE}`)),
    );
    const responses = await Promise.all(times(() => openResponse(`${harness().url}/down/${SIZE}`)));
    const peak = await peakRssDuring(pid, () => untilStable('the service to stop sending', sent));
    expect(await sent()).toBeLessThan(SIZE + PEERS * IN_SOCKETS);
    expect(peak - first).toBeLessThan(FLAT);
    const lengths = await Promise.all(responses.map(lengthOf));
    expect(lengths).toEqual(times(() => SIZE));
  }, 120_000);

  it('get backpressure when the service reads nothing, and deliver the full bodies later', async () => {
    const { pid } = harness().gateway;
    const first = await peakRssDuring(pid, () => new Upload(`${harness().url}/up`, SIZE).received());
    const uploads = times(() => new Upload(`${harness().url}/hold`, SIZE));
    const sent = (): number => sum(uploads.map((upload) => upload.sent));
    const peak = await peakRssDuring(pid, () => untilStable('the clients to stop sending', sent));
    expect(sent()).toBeLessThan(PEERS * IN_SOCKETS);
    expect(peak - first).toBeLessThan(FLAT);
    await call(harness().serviceUrl, 'POST /release');
    const received = await Promise.all(uploads.map((upload) => upload.received()));
    expect(received).toEqual(times(() => SIZE));
  }, 120_000);
});

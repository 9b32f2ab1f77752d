import { peerFile } from '../targets/peer.mjs';
import { runProgram } from './run-program.mjs';

/** autocannon, used if wrk is not installed. It is slower than a fast gateway, so its requests/s are a lower bound. */
export const autocannon = {
  name: 'autocannon',
  async run({ url, method, bodyBytes, connections, seconds, headers }) {
    const body = bodyBytes > 0 ? ['-b', 'x'.repeat(bodyBytes)] : [];
    const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
    const args = [
      '-j',
      '-c',
      String(connections),
      '-d',
      String(seconds),
      '-m',
      method,
      ...fields,
      ...body,
      url,
    ];
    const program = peerFile('node_modules/autocannon/autocannon.js');
    return shape(await runProgram(process.execPath, [program, ...args]));
  },
};

const shape = ({ requests, duration, latency, errors, timeouts, non2xx }) => ({
  requests: requests.total,
  seconds: duration,
  p50Ms: latency.p50,
  p99Ms: latency.p99,
  failures: errors + timeouts + non2xx,
});

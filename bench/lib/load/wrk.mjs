import { which } from '../machine.mjs';
import { runProgram } from './run-program.mjs';

const SCRIPT = new URL('./wrk.lua', import.meta.url).pathname;

/** wrk keeps `connections` busy from one thread, that is on one core. */
export const wrk = {
  name: 'wrk',
  isInstalled: () => which('wrk') !== undefined,
  run: ({ url, method, bodyBytes, connections, seconds, headers }) =>
    runProgram(which('wrk'), [
      ...['-t', '1', '-c', String(connections), '-d', `${Math.ceil(seconds)}s`, '--timeout', '10s'],
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
      ...['-s', SCRIPT, url, '--', method, String(bodyBytes)],
    ]),
};

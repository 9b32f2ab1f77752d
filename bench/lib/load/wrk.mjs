import { which } from '../machine.mjs';
import { runProgram } from './run-program.mjs';

const scriptPath = (name) => new URL(name, import.meta.url).pathname;
const SAME_REQUEST = scriptPath('./wrk.lua');
const ZIPF = scriptPath('./zipf.lua');

/** wrk keeps `connections` busy from one thread, that is on one core. */
const runWrk = ({ url, connections, seconds, headers }, script, args) =>
  runProgram(which('wrk'), [
    ...['-t', '1', '-c', String(connections), '-d', `${Math.ceil(seconds)}s`, '--timeout', '10s'],
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...['-s', script, url, '--', ...args.map(String)],
  ]);

/** The same request again and again. */
export const wrk = {
  name: 'wrk',
  isInstalled: () => which('wrk') !== undefined,
  run: (load) => runWrk(load, SAME_REQUEST, [load.method, load.bodyBytes]),
};

/** Requests for many objects of different popularity. */
export const zipf = {
  name: 'wrk',
  run: ({ objects, exponent, ...load }) => runWrk(load, ZIPF, [objects, exponent]),
};

import { runProgram } from './run-program.mjs';

const PROGRAM = new URL('../../programs/open-loop.mjs', import.meta.url).pathname;

/** Sends at a fixed rate, independent of responses, and measures latency from the time at which each request was due. */
export const openLoop = {
  name: 'open-loop',
  run: ({ url, connections, rate, seconds }) =>
    runProgram(process.execPath, [PROGRAM, JSON.stringify({ url, connections, rate, seconds })]),
};

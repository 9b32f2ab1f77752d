import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pinned } from '../machine.mjs';

const run = promisify(execFile);

/** Runs a load generator to its end and returns the JSON on the last line of its output. */
export async function runProgram(command, args) {
  const [file, argv] = pinned('load', command, args);
  const { stdout } = await run(file, argv, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** A program in place of Docker: records its arguments, and returns for each command the result in FAKE_RESULTS. */
export const FAKE_DOCKER = `#!${process.execPath}
const args = process.argv.slice(2);
const program = require('node:path').basename(process.argv[1]);
const line = program === 'docker' ? args : [program, ...args];
if (!args.includes('version')) require('node:fs').appendFileSync(process.env.COMMAND_LOG, line.join(' ') + '\\n');
const { code = 0, text = '' } = JSON.parse(process.env.FAKE_RESULTS ?? '[]').find(({ to }) => args.join(' ').includes(to)) ?? {};
process.stdout.write(text);
process.exitCode = code;
`;

/** Output of the fake for a command line that contains `to`. */
export interface FakeResult {
  readonly to: string;
  readonly code?: number;
  readonly text?: string;
}

/** The environment that makes the fake return `results`; of the others, success without output. */
export const fakeResults = (...results: readonly FakeResult[]) => ({
  FAKE_RESULTS: JSON.stringify(results),
});

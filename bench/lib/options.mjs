import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]
  --quick              three scenarios, 3 rounds of 2 seconds: for a first impression
  --scenario a,b       only these scenarios
  --targets a,b        only these targets
  --rounds n           rounds of each measurement (default 5)
  --starts n           starts every target n times (default 1), and gives the standard error of ratios to the base of a scenario
  --seconds n          length of one measurement (default 5)
  --warmup n           seconds of load before the first round (default 4)
  --name text          name of the result file (default: date and time)
  --out directory      where results go (default bench/results)
  --install            apt-get install wrk, nginx, HAProxy and Varnish first (root on Debian)
  --list               list scenarios and targets`;

const text = { type: 'string' };
const flag = { type: 'boolean', default: false };
const spec = {
  quick: flag,
  install: flag,
  list: flag,
  help: flag,
  scenario: text,
  targets: text,
  rounds: text,
  starts: text,
  seconds: text,
  warmup: text,
  name: text,
  out: text,
};

const names = (value) => value?.split(',').map((name) => name.trim());

function number(name, value, fallback) {
  if (value === undefined) return fallback;
  const parsed = Number(value);
  if (!(parsed > 0)) throw new Error(`--${name} must be a number above 0`);
  return parsed;
}

const dateName = () => new Date().toISOString().slice(0, 16).replace(/[T:]/g, '-');

/** Reads the command line. @throws Error with one line for invalid options */
export function readOptions(argv) {
  const { values } = parseArgs({ args: argv, options: spec, strict: true });
  const { quick } = values;
  return {
    ...values,
    scenarios: names(values.scenario),
    targets: names(values.targets),
    rounds: number('rounds', values.rounds, quick ? 3 : 5),
    starts: number('starts', values.starts, 1),
    seconds: number('seconds', values.seconds, quick ? 2 : 5),
    warmupSeconds: number('warmup', values.warmup, quick ? 2 : 4),
    name: values.name ?? dateName(),
  };
}

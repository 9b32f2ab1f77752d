import { parseArgs } from 'node:util';

export const HELP = `npm run soak -- [options]
  --minutes n           duration (default 30)
  --data-plane name     wire (default) or node`;

const spec = {
  minutes: { type: 'string', default: '30' },
  'data-plane': { type: 'string', default: 'wire' },
  help: { type: 'boolean', default: false },
};

/** Reads the command line. @throws Error with one line for invalid options */
export function readOptions(argv) {
  const { values } = parseArgs({ args: argv, options: spec, strict: true });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');
  if (!['wire', 'node'].includes(values['data-plane'])) throw new Error('--data-plane must be wire or node');
  return { help: values.help, milliseconds: minutes * 60_000, dataPlane: values['data-plane'] };
}

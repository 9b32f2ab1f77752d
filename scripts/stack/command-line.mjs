import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run stack -- COMMAND [service…] [--prod | --watch] [--no-build]

  up        build what changed, start, wait until everything is healthy
  ps        what runs, and how it is
  logs      follow the logs
  restart   restart
  rebuild   build again from nothing, and start that
  upgrade   replace a service's instances by a new build, without a failed request
  down      stop and remove the containers; data stays
  secrets   make the secrets of production that are missing, in docker/secrets/

  --prod      docker-compose.prod.yml
  --watch     docker-compose.yml with the sources of this folder, reloading on change
  --no-build  with the images that are there, such as those of another VERSION`;

const OPTIONS = { prod: { type: 'boolean' }, watch: { type: 'boolean' }, 'no-build': { type: 'boolean' } };

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch {
    return undefined;
  }
}

function kindOf({ prod, watch }) {
  if (prod && watch) return undefined;
  return prod ? 'production' : watch ? 'watch' : 'development';
}

/** `{ command, services, kind, options }`, or `undefined` when the line makes no sense. */
export function readCommandLine(args, commands) {
  const parsed = parse(args);
  const [command, ...services] = parsed?.positionals ?? [];
  const kind = parsed && kindOf(parsed.values);
  if (!commands.includes(command) || !kind) return undefined;
  return { command, services, kind, options: { build: !parsed.values['no-build'] } };
}

import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run stack -- COMMAND [service…] [--prod | --watch] [--no-build]

  up        build what changed, start, wait until all containers are healthy
  ps        list containers and their state
  logs      follow the logs
  restart   restart containers
  rebuild   build without the cache, then start
  upgrade   replace the instances of one app by a new build, without failed requests
  down      stop and remove the containers; volumes stay
  secrets   create missing secrets of production in docker/secrets/

  --prod      use docker-compose.prod.yml
  --watch     use docker-compose.yml with the sources of this folder; restart on change
  --no-build  use existing images, such as those of another VERSION`;

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

/** `{ command, services, kind, options }`, or `undefined` if the command line is invalid. */
export function readCommandLine(args, commands) {
  const parsed = parse(args);
  const [command, ...services] = parsed?.positionals ?? [];
  const kind = parsed && kindOf(parsed.values);
  if (!commands.includes(command) || !kind) return undefined;
  return { command, services, kind, options: { build: !parsed.values['no-build'] } };
}

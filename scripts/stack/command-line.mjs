import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run stack -- COMMAND [service…] [--prod | --watch]

  up        build what changed, start, wait until everything is healthy
  ps        what runs, and how it is
  logs      follow the logs
  restart   restart
  rebuild   build again from nothing, and start that
  upgrade   replace a service's instances by a new build, without a failed request
  down      stop and remove the containers; data stays
  secrets   make the secrets of production that are missing, in docker/secrets/

  --prod    docker-compose.prod.yml
  --watch   docker-compose.yml with the sources of this folder, reloading on change`;

const OPTIONS = { prod: { type: 'boolean' }, watch: { type: 'boolean' } };

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

/** `{ command, services, kind }`, or `undefined` when the line makes no sense. */
export function readCommandLine(args, commands) {
  const parsed = parse(args);
  const [command, ...services] = parsed?.positionals ?? [];
  const kind = parsed && kindOf(parsed.values);
  return commands.includes(command) && kind ? { command, services, kind } : undefined;
}

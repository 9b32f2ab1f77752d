import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

/** Path of a command. Debian installs servers into sbin, which may not be on PATH. */
export function which(command) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.map((directory) => join(directory, command)).find((path) => existsSync(path));
}

const cores = availableParallelism();
const canPin = platform() === 'linux' && cores > 1 && which('taskset') !== undefined;
const restOfCores = cores === 2 ? '1' : `1-${cores - 1}`;

/** The command line that pins a gateway to the first core, and load and upstream to the others. */
export function pinned(role, command, args) {
  if (!canPin) return [command, args];
  return ['taskset', ['-c', role === 'gateway' ? '0' : restOfCores, command, ...args]];
}

const firstLine = (command, args) => {
  if (which(command) === undefined) return undefined;
  const { stdout, stderr } = spawnSync(which(command), args, { encoding: 'utf8' });
  return `${stdout}${stderr}`.split('\n')[0].trim();
};

/** Properties of the machine that a reader needs to interpret the results. */
export const describeMachine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()}`,
  node: process.version,
  pinned: canPin,
  loadAverageAtStart: loadavg()[0],
  nginx: firstLine('nginx', ['-v']),
  haproxy: firstLine('haproxy', ['-v']),
  varnish: firstLine('varnishd', ['-V']),
  wrk: firstLine('wrk', ['-v']),
});

const PACKAGES = ['wrk', 'nginx-light', 'haproxy', 'varnish'];

/** Installs the Debian packages that the benchmarks use if present. @throws Error if that is not possible */
export function installPackages() {
  if (process.getuid?.() !== 0 || which('apt-get') === undefined)
    throw new Error(`--install needs root on Debian; otherwise install ${PACKAGES.join(', ')} yourself`);
  // RUNLEVEL=1 keeps the packages from starting their servers on port 80.
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: 'inherit' }).status === 0;
  if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...PACKAGES))
    throw new Error('apt-get could not install the packages');
}

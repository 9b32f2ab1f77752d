import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackError } from './stack-error.mjs';

/** The compose files of each kind of stack. */
export const FILES = {
  development: ['docker-compose.yml'],
  watch: ['docker-compose.yml', 'docker-compose.watch.yml'],
  production: ['docker-compose.prod.yml'],
};

const CAPTURED = ['ignore', 'pipe', 'inherit'];
const NO_DOCKER =
  'docker is not installed. See https://docs.docker.com/engine/install, or run without containers: npm start';
const NO_COMPOSE =
  'Docker Compose 2 is not installed. Install the plugin docker-compose-plugin (https://docs.docker.com/compose/install), or run without containers: npm start';

/** Runs a command with this `stdio`. `code` is undefined if the program does not exist. */
async function execute([command, ...args], stdio) {
  const child = spawn(command, args, { stdio });
  // Ctrl-C reaches docker too, and docker must end first.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
  try {
    const [code, signal] = await once(child, 'close');
    return { code: code ?? (signal === 'SIGINT' ? 130 : 1), stdout };
  } catch (error) {
    if (error.code === 'ENOENT') return { code: undefined, stdout };
    throw new StackError(`${command} cannot be run: ${error.message}`);
  } finally {
    process.off('SIGINT', ignore);
  }
}

async function docker(args, stdio) {
  const result = await execute(['docker', ...args], stdio);
  if (result.code === undefined) throw new StackError(NO_DOCKER);
  return result;
}

function succeeded([command, subcommand], { code, stdout }) {
  if (code !== 0) throw new StackError(`${command} ${subcommand} failed with exit code ${code}`);
  return stdout;
}

/** The command for Docker Compose: the plugin of docker, or the stand-alone program. @throws StackError without either */
async function findCompose() {
  if ((await docker(['compose', 'version'], 'ignore')).code === 0) return ['docker', 'compose'];
  const { stdout } = await execute(['docker-compose', 'version', '--short'], ['ignore', 'pipe', 'ignore']);
  // Version 1 lacks `up --wait` and other options.
  if (/^v?([2-9]|\d\d)\./.test(stdout)) return ['docker-compose'];
  throw new StackError(NO_COMPOSE);
}

/** Runs docker, and Docker Compose with the files of one kind of stack. */
export class Compose {
  #compose;

  constructor(kind) {
    this.kind = kind;
    this.files = FILES[kind].flatMap((file) => ['-f', file]);
  }

  /** Runs a compose command on this terminal and returns its exit code. */
  async run(...args) {
    return (await execute(await this.#commandLine(args), 'inherit')).code;
  }

  /** Runs a docker command and returns its output. @throws StackError if it fails; the terminal shows its errors. */
  async docker(...args) {
    return succeeded(['docker', ...args], await docker(args, CAPTURED));
  }

  /** Ids of the running containers of a service. */
  async containersOf(service) {
    const line = await this.#commandLine(['ps', '--quiet', service]);
    const ids = succeeded(line, await execute(line, CAPTURED));
    return ids.split('\n').filter((id) => id !== '');
  }

  async #commandLine(args) {
    this.#compose ??= await findCompose();
    return [...this.#compose, ...this.files, ...args];
  }
}

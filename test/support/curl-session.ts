import { LaunchedProcess, plainEnvironment, type Environment } from '#testing';

// curl as a reader runs it, with the status of each response on standard error.
const PROLOGUE = `curl() { command curl -sS --max-time 20 -w '%{stderr}status %{http_code}\\n' "$@"; }`;

/**
 * Runs commands sequentially in one shell, so that they share variables. Resolves to the standard error of each
 * command: `status 200` for every response, and errors.
 */
export async function runCurlCommands(commands: readonly string[]): Promise<string[]> {
  const script = commands.flatMap((command) => ['echo "<next>" >&2', command]);
  const shell = new LaunchedProcess('sh', ['-uc', [PROLOGUE, ...script].join('\n')], plainEnvironment());
  await shell.exited;
  return shell.stderr
    .split('<next>\n')
    .slice(1)
    .map((output) => output.trim());
}

/** The outcome of one command in a shell of its own; curl reports statuses as above. */
export async function runCommand(
  command: string,
  env: Environment,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const shell = new LaunchedProcess('sh', ['-uc', `${PROLOGUE}\n${command}`], plainEnvironment(env));
  const { code } = await shell.exited;
  return { code, stdout: shell.stdout, stderr: shell.stderr };
}

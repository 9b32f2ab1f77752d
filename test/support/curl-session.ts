import { LaunchedProcess, plainEnvironment } from '#testing';

// curl as the reader has it, and the status of each answer beside it.
const PROLOGUE = `curl() { command curl -sS --max-time 20 -w '%{stderr}status %{http_code}\\n' "$@"; }`;

/**
 * Runs commands one after the other in one shell, so that variables set by one are there for the next.
 * Resolves to what each wrote on standard error: `status 200` of every answer, and errors.
 */
export async function runCurls(commands: readonly string[]): Promise<string[]> {
  const script = commands.flatMap((command) => ['echo "<next>" >&2', command]);
  const shell = new LaunchedProcess('sh', ['-uc', [PROLOGUE, ...script].join('\n')], plainEnvironment());
  await shell.exited;
  return shell.stderr
    .split('<next>\n')
    .slice(1)
    .map((output) => output.trim());
}

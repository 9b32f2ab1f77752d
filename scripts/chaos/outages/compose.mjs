import { Compose } from '../../stack/compose.mjs';
import { StackError } from '../../stack/stack-error.mjs';
import { DrillError } from '../drill-error.mjs';

/** Commands of docker. Docker restarts no container that it was told to kill, so the drill starts it. */
const COMMANDS = { kill: ['kill', 'start'], hang: ['pause', 'unpause'] };

/** Kills or pauses containers of a service. */
export class ComposeOutage {
  /** @throws DrillError if no container is running */
  static async of({ compose: kind, service, fault, all }) {
    const compose = new Compose(kind);
    const containers = await orDrillError(() => compose.containersOf(service));
    if (containers.length === 0)
      throw new DrillError(`no container of ${service} is running; see npm run stack -- ps`);
    return new ComposeOutage(compose, all ? containers : containers.slice(0, 1), COMMANDS[fault]);
  }

  constructor(compose, names, [begin, end]) {
    this.compose = compose;
    this.names = names;
    this.commands = { begin, end };
  }

  begin() {
    return orDrillError(() => this.compose.docker(this.commands.begin, ...this.names));
  }

  end() {
    return orDrillError(() => this.compose.docker(this.commands.end, ...this.names));
  }
}

async function orDrillError(act) {
  try {
    return await act();
  } catch (error) {
    throw error instanceof StackError ? new DrillError(error.message) : error;
  }
}

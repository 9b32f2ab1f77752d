import type { OnModuleInit } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { LivePolicyFile } from './live-policy-file.js';
import type { PolicyFile } from './policy-file.js';

/** Whether the file says on some level which callers a route admits, or with `auth: none` that it admits all. */
const saysWhoMayCall = ({ defaults, services, routes }: PolicyFile): boolean =>
  [defaults, ...services.values(), ...[...routes.values()].flat().map(({ members }) => members)].some(
    (members) => members.has('auth'),
  );

/** Warns at the start, and when the policy file changes, if every client may call every service and no file says so. */
export class OpenRoutesWarning implements OnModuleInit {
  /** @param file `undefined`: there is no policy file */
  constructor(
    private readonly file: LivePolicyFile | undefined,
    private readonly logger: Pick<AppContext['logger'], 'warn'>,
  ) {}

  onModuleInit(): void {
    this.warnIfOpen();
    this.file?.onChange(() => this.warnIfOpen());
  }

  private warnIfOpen(): void {
    if (this.file && saysWhoMayCall(this.file.current)) return;
    this.logger.warn(
      { variable: 'GATEWAY_CONFIG' },
      'No route has authentication; every client may call every service. Declare `auth` in the policy file: providers, or none',
    );
  }
}

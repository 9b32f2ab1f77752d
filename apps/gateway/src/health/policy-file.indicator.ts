import { Inject, Injectable } from '@nestjs/common';
import { PublicHealthError, type HealthIndicator } from '#service-kit';
import { LivePolicyFile, PROVIDER_STATES, type ProviderState } from '../policy/index.js';

/**
 * The policy file and the keys of its authentication providers. With an invalid file the gateway serves by the previous
 * one; with keys that cannot be loaded, by earlier ones, or it refuses requests with credentials.
 */
@Injectable()
export class PolicyFileIndicator implements HealthIndicator {
  readonly name = 'policy-file';
  readonly required = false;

  constructor(
    private readonly file: LivePolicyFile,
    @Inject(PROVIDER_STATES) private readonly providers: () => readonly ProviderState[],
  ) {}

  check(): Promise<Readonly<Record<string, unknown>>> {
    const { lastError, current, loadedAt } = this.file;
    const { revision } = current;
    if (lastError)
      return Promise.reject(
        new PublicHealthError(
          `policy file ${faultOf(this.file)}, see GET /policies); revision ${revision} stays in effect`,
        ),
      );
    const failed = this.providers().filter((each) => each.lastError !== null);
    if (failed.length > 0)
      return Promise.reject(
        new PublicHealthError(
          `keys of ${failed.map(({ name }) => name).join(', ')} cannot be loaded (see GET /policies); revision ${revision} is in effect`,
        ),
      );
    return Promise.resolve({ revision, loadedAt: new Date(loadedAt).toISOString() });
  }
}

function faultOf({ lastError, lastVerdict }: LivePolicyFile): string {
  const { changed = 0, unknown = 0, unchanged = 0 } = lastVerdict?.decisions ?? {};
  if (!lastError?.isRefused) return `invalid (${lastError?.problems.length ?? 0} problems`;
  return `refused (${changed + unknown} of ${changed + unknown + unchanged} recorded decisions would change`;
}

import { Injectable } from '@nestjs/common';
import { PublicHealthError, type HealthIndicator } from '#service-kit';
import { LivePolicyFile } from '../policy/index.js';

/** The policy file. With an invalid one the gateway serves by the previous one. */
@Injectable()
export class PolicyFileIndicator implements HealthIndicator {
  readonly name = 'policy-file';
  readonly required = false;

  constructor(private readonly file: LivePolicyFile) {}

  check(): Promise<Readonly<Record<string, unknown>>> {
    const { lastError, current, loadedAt } = this.file;
    const { revision } = current;
    if (lastError)
      return Promise.reject(
        new PublicHealthError(
          `policy file invalid (${lastError.problems.length} problems, see GET /policies); revision ${revision} stays in effect`,
        ),
      );
    return Promise.resolve({ revision, loadedAt: new Date(loadedAt).toISOString() });
  }
}

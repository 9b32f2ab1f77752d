import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PolicyReadGuard, PolicySources } from '../../policy/index.js';

/**
 * Admits the readers of `/policies`, and without a policy file all callers: explanations show policies of the file, and
 * which check credentials fail.
 */
@Injectable()
export class ExplainGuard implements CanActivate {
  constructor(
    private readonly readers: PolicyReadGuard,
    private readonly policies: PolicySources,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    return this.policies.file === undefined || this.readers.canActivate(context);
  }
}

import { LiveServiceTable } from '../../discovery/index.js';
import { DecisionRecord } from '../../policy/decisions/decision-record.js';
import { LivePolicyFile, type ReloadGuard as Guard } from '../../policy/live-policy-file.js';
import { parsePolicyFile, type PolicyFile } from '../../policy/policy-file.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf, tableOf } from '../testing/instances.js';
import { ReloadGuard } from './reload-guard.js';

function fileOf(users: string): PolicyFile {
  const parsed = parsePolicyFile(`version: 1\nservices: { users: { ${users} } }`);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.file;
}

const DENIED = fileOf('access: { deny: [0.0.0.0/0] }');

/** What the guard says of a file that refuses every request, after requests for `paths`. */
async function verdictAfter(...paths: readonly string[]) {
  const present = LivePolicyFile.of(fileOf(''));
  const record = new DecisionRecord(present, () => false, paths.length);
  for (const path of paths) record.write(new FakeExchange('GET', `/api/users/${path}`));
  const services = new LiveServiceTable();
  services.replace(tableOf(instanceOf({ id: 'a' })).current);
  let guard: Guard | undefined;
  present.guardBy = (set) => (guard = set);
  new ReloadGuard(present, record, services, 1);
  return guard?.(DENIED);
}

const LONG = 'a'.repeat(1000);

describe('ReloadGuard', () => {
  it('objects to a file that changes too many decisions, however many requests are too long to record', async () => {
    const verdict = await verdictAfter('1', ...Array<string>(200).fill(LONG));
    expect(verdict?.decisions).toEqual({ unchanged: 0, changed: 1, unknown: 0 });
    expect(verdict?.objection).toContain('100.00% of 1 recorded decisions would change');
  });

  it('has no objection because of requests that are too long to record', async () => {
    expect((await verdictAfter(LONG))?.objection).toBeUndefined();
  });
});

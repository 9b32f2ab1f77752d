import { randomUUID } from 'node:crypto';
import { isProblem } from '../expect.mjs';
import { create, lists, refusals, removal, unknown, updates } from './resource.mjs';

const collection = '/api/user-service/users';
const members = ['email', 'name'];

/** The endpoints of the user service. */
export async function users({ client, report }) {
  await report.group('users', async (group) => {
    const run = randomUUID().slice(0, 8);
    const body = { email: `smoke-${run}-a@example.com`, name: '김철수' };
    const user = await create(group, client, { collection, body, members });
    const other = { email: `smoke-${run}-b@example.com`, name: 'Bea' };
    await create(group, client, { collection, body: other, members });
    const path = `${collection}/${user.id}`;
    await lists(group, client, collection);
    await group.check('POST /users with a taken email, in any case, is 409', async () => {
      isProblem(await client.send('POST', collection, { ...body, email: body.email.toUpperCase() }), 409);
      isProblem(await client.send('PATCH', path, { email: other.email }), 409);
    });
    await updates(group, client, path, {
      replacement: { email: `smoke-${run}-c@example.com`, name: 'Chul-soo' },
      patch: { name: 'Chul' },
    });
    await refusals(group, client, { collection, path, body, bad: { email: 'not-an-address', name: 7 } });
    await unknown(group, client, collection, body, { name: 'x' });
    await removal(group, client, path);
  });
}

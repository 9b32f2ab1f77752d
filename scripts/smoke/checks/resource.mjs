import { equals, hasMembers, hasStatus, satisfies, isPage, isProblem, pointsAt } from '../expect.mjs';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';

const etagOf = (response) => {
  const etag = response.headers.get('etag');
  satisfies(etag, 'an ETag', null);
  return etag;
};

/** Creates a resource: 201, the members that were sent, and a Location through the gateway. Removes it at the end. */
export async function create(group, client, { collection, body, members }) {
  return group.need(`POST ${collection} returns 201 with Location and ETag`, async () => {
    const response = hasStatus(await client.send('POST', collection, body), 201);
    group.defer(() => client.send('DELETE', `${collection}/${response.json.id}`));
    hasMembers(response.json, 'id', ...members, 'createdAt', 'updatedAt');
    for (const [name, value] of Object.entries(body)) equals(name, response.json[name], value);
    etagOf(response);
    const location = new URL(response.headers.get('location') ?? 'about:blank', 'http://gateway').pathname;
    equals('Location', location, `${collection}/${response.json.id}`);
    return response.json;
  });
}

/** Lists: pages of the requested size, without gaps or repetitions. */
export async function lists(group, client, collection) {
  await group.check(`GET ${collection} pages by limit and cursor`, async () => {
    const first = isPage(await client.get(`${collection}?limit=1`));
    equals('items on the page', first.items.length, 1);
    satisfies(first.nextCursor, 'a nextCursor, because there are more items', first.nextCursor);
    const second = isPage(
      await client.get(`${collection}?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`),
    );
    satisfies(second.items[0]?.id !== first.items[0].id, 'another item on the next page', second.items[0]);
  });
  await group.check(`GET ${collection} refuses a bad limit, cursor or parameter with 400`, async () => {
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=%00', 'colour=red'])
      isProblem(await client.get(`${collection}?${query}`), 400);
  });
}

/** Requests that end in 404. */
export async function unknown(group, client, collection, body, patch) {
  await group.check(`GET, PUT, PATCH, DELETE ${collection}/{id} of an unknown id are 404`, async () => {
    const path = `${collection}/${UNKNOWN}`;
    isProblem(await client.get(path), 404);
    isProblem(await client.send('PUT', path, body), 404);
    isProblem(await client.send('PATCH', path, patch), 404);
    isProblem(await client.send('DELETE', path), 404);
  });
}

/** PUT and PATCH, each conditional by If-Match. */
export async function updates(group, client, path, { replacement, patch }) {
  const label = path.replace(/[^/]+$/, '{id}');
  await group.check(`GET ${label} returns it with an ETag, and 304 to If-None-Match`, async () => {
    const etag = etagOf(hasStatus(await client.get(path), 200));
    hasStatus(await client.get(path, { 'if-none-match': etag }), 304);
  });
  await group.check(`PUT ${label} replaces when If-Match satisfies, else 412`, async () => {
    const etag = etagOf(await client.get(path));
    const response = hasStatus(await client.send('PUT', path, replacement, { 'if-match': etag }), 200);
    for (const [name, value] of Object.entries(replacement)) equals(name, response.json[name], value);
    satisfies(etagOf(response) !== etag, 'another ETag', etag);
    isProblem(await client.send('PUT', path, replacement, { 'if-match': etag }), 412);
  });
  await group.check(`PATCH ${label} merges when If-Match satisfies, else 412`, async () => {
    const before = await client.get(path);
    const type = { 'content-type': 'application/merge-patch+json' };
    const response = await client.send('PATCH', path, patch, { ...type, 'if-match': etagOf(before) });
    const { updatedAt, ...rest } = hasStatus(response, 200).json;
    equals('the rest', { ...rest, ...patch }, { ...before.json, ...patch, updatedAt: undefined });
    satisfies(updatedAt >= before.json.updatedAt, 'a later updatedAt', updatedAt);
    isProblem(await client.send('PATCH', path, patch, { ...type, 'if-match': etagOf(before) }), 412);
  });
}

/** Invalid bodies: 4xx problems that point at the invalid member, for every method that writes. `bad` maps members to invalid values. */
export async function refusals(group, client, { collection, path, body, bad }) {
  for (const [method, target] of [
    ['POST', collection],
    ['PUT', path],
    ['PATCH', path],
  ]) {
    const label = `${method} ${method === 'POST' ? target : `${collection}/{id}`}`;
    await group.check(`${label} refuses bad and unknown members with 400`, async () => {
      for (const [name, value] of Object.entries(bad))
        pointsAt(await client.send(method, target, { ...body, [name]: value }), `/${name}`);
      pointsAt(await client.send(method, target, { ...body, colour: 'red' }), '/colour');
    });
    await group.check(`${label} refuses bodies that are not JSON, too large or malicious`, async () => {
      for (const raw of ['{"a":', '[]', 'null', '"text"', '{"__proto__":{"admin":true}}'])
        isProblem(await client.send(method, target, raw), 400);
      isProblem(await client.send(method, target, Uint8Array.of(0x22, 0xff, 0x22)), 400);
      isProblem(await client.send(method, target, JSON.stringify({ name: 'x'.repeat(2 ** 21) })), 413);
      isProblem(await client.send(method, target, 'text', { 'content-type': 'text/plain' }), 415);
    });
  }
}

/** DELETE, and 404 afterwards. */
export async function removal(group, client, path) {
  await group.check(`DELETE ${path.replace(/[^/]+$/, '{id}')} returns 204, and then 404`, async () => {
    hasStatus(await client.send('DELETE', path), 204);
    isProblem(await client.get(path), 404);
    isProblem(await client.send('DELETE', path), 404);
  });
}

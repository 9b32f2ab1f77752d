/** `-> epoch, newest change`. */
export const STATE = `
return { call('HGET', clock, 'epoch'), call('HGET', clock, 'change') }
`;

/** `ids -> rows` of the registered ones. */
export const LOOK = `
local rows = {}
for i = 2, #ARGV do
  if call('HEXISTS', instances, ARGV[i]) == 1 then rows[#rows + 1] = row(ARGV[i]) end
end
return rows
`;

/**
 * The state and contents of the store. `-> epoch, newest change, ids in order of first registration, each
 * known name and when it was last seen`.
 */
export const CENSUS = `
return { call('HGET', clock, 'epoch'), call('HGET', clock, 'change'), call('ZRANGE', order, 0, -1),
  call('ZRANGE', names, 0, -1, 'WITHSCORES') }
`;

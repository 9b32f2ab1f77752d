/** `-> epoch, newest change`. */
export const STATE = `
return { call('HGET', clock, 'epoch'), call('HGET', clock, 'change') }
`;

/** `ids -> rows` of those that are there. */
export const LOOK = `
local rows = {}
for i = 2, #ARGV do
  if call('HEXISTS', instances, ARGV[i]) == 1 then rows[#rows + 1] = row(ARGV[i]) end
end
return rows
`;

/** Everything, at one moment. `-> epoch, newest change, time lost so far, rows in order of first registration`. */
export const SNAPSHOT = `
local rows = {}
for i, id in ipairs(call('ZRANGE', order, 0, -1)) do rows[i] = row(id) end
return { call('HGET', clock, 'epoch'), call('HGET', clock, 'change'), call('HGET', clock, 'lost'), rows }
`;

-- Returns the epoch, the newest change, the ids of all instances in order of first registration, and each known name
-- followed by the time when it was last seen.
return {
  call('HGET', keys.state, 'epoch'), call('HGET', keys.state, 'change'), call('ZRANGE', keys.order, 0, -1),
  call('ZRANGE', keys.names, 0, -1, 'WITHSCORES')
}

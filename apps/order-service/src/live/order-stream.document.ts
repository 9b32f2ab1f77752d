/** A stream as a client receives it. */
export const ORDER_STREAM = `retry: 2000

id: 1767268800000000
event: reset
data: {"reason":"start"}

id: 1767268800250001
event: order.paid
data: {"id":"0197c0de-0000-7000-8000-000000000000","userId":"0197c0de-0000-7000-8000-000000000001","status":"paid","items":[{"productId":"0197c0de-0000-7000-8000-000000000002","quantity":2,"unitPrice":4900}],"total":9800,"currency":"EUR","version":3}

: keep-alive
id: 1767268800250001

`;
